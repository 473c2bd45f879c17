//go:build unix

package jet

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/quiesce/quiesce/bus/internal/backend"
)

// certificate writes a certificate for loopback, signed by itself, and its key.
func certificate(t *testing.T) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true,
		BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	must(t, err)
	keyDER, err := x509.MarshalECPrivateKey(private)
	must(t, err)
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	must(t, os.WriteFile(cert, certPEM, 0o600))
	must(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}), 0o600))
	pool = x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return cert, key, pool
}

func TestTLS(t *testing.T) {
	cert, key, pool := certificate(t)
	c := servers(t, 1, fmt.Sprintf("tls { cert_file: %q, key_file: %q }", cert, key))
	b, err := Connect(t.Context(), ConnectOptions{Servers: c.URLs(), TLS: &tls.Config{RootCAs: pool}})
	must(t, err)
	defer closeAll(t, b)
	batch, n := numbered(1, 3)
	publish(t, topicOf(t, b, "t", nil), batch, n)
	_, err = Connect(t.Context(), ConnectOptions{Servers: c.URLs(), TLS: &tls.Config{RootCAs: x509.NewCertPool()}})
	wantError(t, err, backend.ErrUnreachable)
}
