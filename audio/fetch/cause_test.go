package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"testing"
)

// A batch can distinguish an unknown authority from a host that is down.
func TestErrorsCarryTheirCause(t *testing.T) {
	unknown, _ := certified(t, nil)
	_, _, err := get(t, hasty(nil), unknown.URL)
	if !errors.As(err, new(x509.UnknownAuthorityError)) {
		t.Errorf("an unknown authority: %v", err)
	}
	named, der := certified(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example.com"} })
	root, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	o := hasty(nil)
	o.RootCAs = x509.NewCertPool()
	o.RootCAs.AddCert(root)
	_, _, err = get(t, o, named.URL)
	if !errors.As(err, new(x509.HostnameError)) {
		t.Errorf("another name: %v", err)
	}
	closed := serve(t, false, nil)
	closed.Close()
	_, _, err = get(t, hasty(nil), closed.URL)
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a host that is down: %v", err)
	}
	o = hasty(nil)
	o.Resolver = nameServer(t, func(int) netip.Addr { return netip.Addr{} })
	_, _, err = get(t, o, "https://no-such-host.example.com/?token=hunter2")
	var dns *net.DNSError
	if !errors.As(err, &dns) || !dns.IsNotFound || strings.Contains(dns.Error(), "hunter2") {
		t.Errorf("no such name: %v", err)
	}
}

// leading is a connection that reports another address than its real one.
type leading struct {
	net.Conn
	to net.Addr
}

func (l leading) RemoteAddr() net.Addr { return l.to }

// If a name leads to the public Internet first, and into the private network when it redirects to
// itself, somebody changed it in between.
func TestATypedHostThatRebindsInARedirect(t *testing.T) {
	for from, allowed := range map[string]bool{"93.184.216.34:80": false, "10.0.0.1:80": true} {
		s := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/inside" {
				serveFile(recording(1_000))(w, r)
				return
			}
			http.Redirect(w, r, "/inside", http.StatusFound)
			w.(http.Flusher).Flush()
		})
		o := hasty(nil)
		o.Resolver = nameServer(t, func(int) netip.Addr { return netip.MustParseAddr("127.0.0.1") })
		c := newClient(t, o)
		way := c.courier.ways.open.usual
		way.DisableKeepAlives = true
		way.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, hostPort(s.URL))
			if err != nil {
				return nil, err
			}
			return leading{conn, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from))}, nil
		}
		_, port, err := net.SplitHostPort(hostPort(s.URL))
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Get(t.Context(), mustParse(t, "http://rebinding.example.com:"+port+"/"), (&got{}).sink)
		if allowed != (err == nil) {
			t.Errorf("from %s: %v", from, err)
		}
		if !allowed {
			failed(t, err, "not an address on the public Internet")
		}
	}
}
