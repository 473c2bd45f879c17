package bus

import (
	"crypto/tls"
	"crypto/x509"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
	"github.com/quiesce/quiesce/bus/internal/jet"
)

// OpenOptions tell where the events are kept. Without Dir and Servers that is the
// memory of this process.
type OpenOptions struct {
	Dir         string        `json:"dir,omitempty"`
	SyncAlways  bool          `json:"syncAlways,omitempty"`
	Servers     []string      `json:"servers,omitempty"`
	Credentials *Credentials  `json:"credentials,omitempty"`
	TLS         *TLS          `json:"tls,omitempty"`
	Timeout     time.Duration `json:"timeout,omitempty"` // to connect; 0 is 5 s
}

// Credentials are one of: a user and a password, a token, the name of a
// credentials file, the seed of an nkey.
type Credentials struct {
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	Token    string `json:"token,omitempty"`
	File     string `json:"file,omitempty"`
	Seed     string `json:"seed,omitempty"`
}

// TLS tells how to connect by TLS. Texts are PEM.
type TLS struct {
	CA         string `json:"ca,omitempty"`
	Cert       string `json:"cert,omitempty"`
	Key        string `json:"key,omitempty"`
	ServerName string `json:"servername,omitempty"`
	Insecure   bool   `json:"insecure,omitempty"`
}

func (o *OpenOptions) connect() (jet.ConnectOptions, error) {
	c := jet.ConnectOptions{Servers: o.Servers, Timeout: o.Timeout}
	if o.Credentials != nil {
		c.User, c.Password, c.Token = o.Credentials.User, o.Credentials.Password, o.Credentials.Token
		c.CredentialsFile, c.Seed = o.Credentials.File, o.Credentials.Seed
	}
	var err error
	if o.TLS != nil {
		c.TLS, err = o.TLS.config()
	}
	return c, err
}

func (t *TLS) config() (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: t.ServerName, InsecureSkipVerify: t.Insecure}
	if t.CA != "" {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM([]byte(t.CA)) {
			return nil, invalid("The property 'options.tls.ca' has no certificate in PEM")
		}
	}
	if t.Cert != "" || t.Key != "" {
		pair, err := tls.X509KeyPair([]byte(t.Cert), []byte(t.Key))
		if err != nil {
			return nil, invalid("The properties 'options.tls.cert' and 'options.tls.key' are no pair in PEM: " + err.Error())
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

// TopicOptions bound what a topic keeps. Without them an existing topic keeps the
// limits that it has.
type TopicOptions struct {
	MaxEvents int           `json:"maxEvents,omitempty"`
	MaxBytes  int           `json:"maxBytes,omitempty"`
	MaxAge    time.Duration `json:"maxAge,omitempty"`
	Replicas  int           `json:"replicas,omitempty"`
}

func (o *TopicOptions) limits() *backend.Limits {
	if o == nil || *o == (TopicOptions{}) {
		return nil
	}
	return &backend.Limits{
		Events: int64(o.MaxEvents), Bytes: int64(o.MaxBytes), Age: o.MaxAge, Replicas: o.Replicas,
	}
}

// SubscribeOptions tell where a subscription starts, and of which group it is a
// member.
type SubscribeOptions struct {
	From        string        `json:"from,omitempty"` // first, last, new, seq, time
	Seq         int           `json:"seq,omitempty"`
	Time        float64       `json:"time,omitempty"` // ms since 1970
	Group       string        `json:"group,omitempty"`
	Batch       int           `json:"batch,omitempty"` // what Settings tells
	AckWait     time.Duration `json:"ackWait,omitempty"`
	MaxInFlight int           `json:"maxInFlight,omitempty"`
	SkipLost    bool          `json:"skipLost,omitempty"`
}

// What a subscription has where its options say nothing.
const (
	defaultMaxInFlight = 256
	defaultPrefetch    = 4096
)

var starts = map[string]backend.Start{
	"": backend.New, "new": backend.New, "first": backend.First, "last": backend.Last,
	"seq": backend.AtSeq, "time": backend.AtTime,
}

func (o *SubscribeOptions) checked() (backend.Options, error) {
	if o == nil {
		o = &SubscribeOptions{}
	}
	from, found := starts[o.From]
	if !found {
		return backend.Options{}, invalid("The property 'options.from' is none of first, last, new, seq, time")
	}
	out := backend.Options{
		From: from, Seq: uint64(max(1, o.Seq)), Time: o.Time, SkipLost: o.SkipLost,
		AckWait: o.AckWait, MaxInFlight: o.MaxInFlight,
	}
	if o.Group != "" {
		if err := checkName("options.group", o.Group, maxGroupName); err != nil {
			return out, err
		}
		out.Group = o.Group
	}
	if out.MaxInFlight <= 0 {
		out.MaxInFlight = defaultPrefetch
		if out.Group != "" {
			out.MaxInFlight = defaultMaxInFlight
		}
	}
	return out, nil
}
