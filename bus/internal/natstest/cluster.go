//go:build unix

package natstest

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
)

// A Cluster is one server, or some that know each other.
type Cluster struct{ Servers []*Server }

// Options of a Cluster.
type Options struct {
	Servers int
	// Config is added to the configuration of each server, for instance
	// `authorization { token: secret }`.
	Config string
}

// New starts servers with JetStream, which keep their files in dir. The
// configuration of each is dir/NAME/server.conf:
//
//	server_name: s1
//	listen: 127.0.0.1:PORT
//	log_file: "DIR/server.log"
//	jetstream { store_dir: "DIR" }
//	cluster { name: quiesce, listen: 127.0.0.1:PORT, routes: [nats://127.0.0.1:PORT, ...] }
func New(dir string, o Options) (*Cluster, error) {
	binary, err := Binary()
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(2 * o.Servers)
	if err != nil {
		return nil, err
	}
	c := &Cluster{}
	clients, routes := ports[:o.Servers], ports[o.Servers:]
	for i := range o.Servers {
		name := fmt.Sprint("s", i+1)
		s := &Server{Name: name, URL: "nats://" + clients[i], Dir: filepath.Join(dir, name), binary: binary}
		if err := s.configure(clients[i], routes, i, o.Config); err != nil {
			return nil, err
		}
		c.Servers = append(c.Servers, s)
	}
	for _, s := range c.Servers {
		if err := s.Start(); err != nil {
			c.Kill()
			return nil, err
		}
	}
	return c, nil
}

func (s *Server) configure(listen string, routes []string, i int, more string) error {
	if err := os.MkdirAll(s.Dir, 0o750); err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "server_name: %s\nlisten: %s\nlog_file: %q\njetstream { store_dir: %q }\n%s\n",
		s.Name, listen, filepath.Join(s.Dir, "server.log"), s.Dir, more)
	if len(routes) > 1 {
		fmt.Fprintf(&b, "cluster { name: quiesce, listen: %s, routes: [nats://%s] }\n",
			routes[i], strings.Join(routes, ", nats://"))
	}
	return os.WriteFile(filepath.Join(s.Dir, "server.conf"), []byte(b.String()), 0o640)
}

// freePorts returns addresses that nobody listens at.
func freePorts(n int) (addresses []string, err error) {
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // at the end, so that no port comes twice
		addresses = append(addresses, l.Addr().String())
	}
	return addresses, nil
}

// URLs returns the servers' addresses.
func (c *Cluster) URLs() (urls []string) {
	for _, s := range c.Servers {
		urls = append(urls, s.URL)
	}
	return urls
}

// Kill ends all processes.
func (c *Cluster) Kill() {
	for _, s := range c.Servers {
		_ = s.Kill() // what has ended is as good
	}
}

// Ready waits until JetStream answers, of a cluster with all its servers.
func (c *Cluster) Ready(options ...nats.Option) error {
	var err error
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if err = c.ready(options); err == nil {
			return nil
		}
	}
	return fmt.Errorf("natstest: no JetStream: %w", err)
}

// ready makes a stream with a replica on each server, and deletes it.
func (c *Cluster) ready(options []nats.Option) error {
	config := map[string]any{"name": "NATSTEST", "subjects": []string{"natstest"}, "storage": "memory",
		"retention": "limits", "num_replicas": len(c.Servers)}
	if _, err := c.ask("STREAM.CREATE.NATSTEST", config, options); err != nil {
		return err
	}
	_, err := c.ask("STREAM.DELETE.NATSTEST", nil, options)
	return err
}

// Leader returns the server that leads a stream; nil if none does, or there is no
// such stream.
func (c *Cluster) Leader(stream string, options ...nats.Option) *Server {
	data, err := c.ask("STREAM.INFO."+stream, nil, options)
	if err != nil {
		return nil
	}
	var info struct {
		Cluster struct {
			Leader string `json:"leader"`
		} `json:"cluster"`
	}
	if json.Unmarshal(data, &info) != nil {
		return nil
	}
	for _, s := range c.Servers {
		if s.Name == info.Cluster.Leader {
			return s
		}
	}
	return nil
}

func (c *Cluster) ask(subject string, request any, options []nats.Option) ([]byte, error) {
	options = append([]nats.Option{nats.Timeout(time.Second)}, options...)
	nc, err := nats.Connect(strings.Join(c.URLs(), ","), options...)
	if err != nil {
		return nil, err
	}
	defer nc.Close()
	var body []byte
	if request != nil {
		if body, err = json.Marshal(request); err != nil {
			return nil, err
		}
	}
	m, err := nc.Request("$JS.API."+subject, body, 5*time.Second)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Error *struct {
			Description string `json:"description"`
		} `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &answer); err != nil {
		return nil, err
	}
	if answer.Error != nil {
		return nil, fmt.Errorf("%s: %s", subject, answer.Error.Description)
	}
	return m.Data, nil
}
