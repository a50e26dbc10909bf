package fetch

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// specialPurpose lists the ranges that the IANA special-purpose address registries and RFC 6890
// exclude from public use, and for which net/netip has no method. If an IPv6 address embeds an
// IPv4 one, publicAddr checks the IPv4 address instead.
var specialPurpose = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),         // this network
	netip.MustParsePrefix("100.64.0.0/10"),     // carrier-grade NAT
	netip.MustParsePrefix("168.63.129.16/32"),  // Azure's platform services, on a public number
	netip.MustParsePrefix("192.0.0.0/24"),      // IETF protocol assignments
	netip.MustParsePrefix("192.0.2.0/24"),      // documentation
	netip.MustParsePrefix("192.88.99.0/24"),    // 6to4 relays
	netip.MustParsePrefix("198.18.0.0/15"),     // benchmarking
	netip.MustParsePrefix("198.51.100.0/24"),   // documentation
	netip.MustParsePrefix("203.0.113.0/24"),    // documentation
	netip.MustParsePrefix("240.0.0.0/4"),       // reserved, and broadcast
	netip.MustParsePrefix("2001::/23"),         // IETF protocol assignments, Teredo among them
	netip.MustParsePrefix("2001:db8::/32"),     // documentation
	netip.MustParsePrefix("3fff::/20"),         // documentation
	netip.MustParsePrefix("2620:4f:8000::/48"), // AS112
}

var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)

// publicAddr reports whether addr is a unicast address of the public Internet.
func publicAddr(addr netip.Addr) bool {
	addr = addr.WithZone("").Unmap()
	if addr.Is6() {
		b := addr.As16()
		switch {
		case nat64.Contains(addr): // RFC 6052: the last four bytes are an IPv4 address
			return publicAddr(netip.AddrFrom4([4]byte(b[12:16])))
		case sixToFour.Contains(addr): // RFC 3056: bytes two to five are
			return publicAddr(netip.AddrFrom4([4]byte(b[2:6])))
		case b[0]&0xe0 != 0x20: // only 2000::/3 is global unicast
			return false
		}
	}
	if !addr.IsGlobalUnicast() || addr.IsPrivate() {
		return false
	}
	for _, prefix := range specialPurpose {
		if prefix.Contains(addr) {
			return false
		}
	}
	return true
}

// blockedError says that a connection was refused because of its address.
type blockedError struct{ addr string }

func (e *blockedError) Error() string {
	return "the address " + printable(e.addr, 100) + " is not on the public Internet"
}

// refusePrivate is called with the very address that is about to be connected
// to, after the name was resolved, so that no second resolution can change it.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || !publicAddr(ap.Addr()) {
		host, _, splitErr := net.SplitHostPort(address)
		if splitErr != nil {
			host = address
		}
		return &blockedError{host}
	}
	return nil
}

// transports are the ways out. They share no connections: an untrusted request must not use a
// connection that only a trusted one was allowed to open.
type transports struct {
	open        wayOut // wherever it leads
	guarded     wayOut // to public addresses only
	certificate *ClientCertificate
	proxy       func(*http.Request) (*url.URL, error)
}

// wayOut has a transport for hosts that may see the client certificate, and one
// for all others.
type wayOut struct{ usual, certified *http.Transport }

func newTransports(o Options) transports {
	build := func(control func(context.Context, string, string, syscall.RawConn) error, proxy func(*http.Request) (*url.URL, error)) wayOut {
		dialer := &net.Dialer{Timeout: o.ConnectTimeout, Resolver: o.Resolver, ControlContext: control}
		usual := &http.Transport{
			Proxy:                  proxy,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: o.RootCAs, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    o.ConnectTimeout,
			ResponseHeaderTimeout:  o.IdleTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			IdleConnTimeout:        90 * time.Second,
			MaxIdleConnsPerHost:    8,
			ForceAttemptHTTP2:      true,
			OnProxyConnectResponse: checkConnect,
			DisableCompression:     true, // a compressed body could not be resumed by byte offsets
			// Without this, a connection that died while it was idle would fail every attempt.
			HTTP2: &http.HTTP2Config{SendPingTimeout: o.IdleTimeout, PingTimeout: o.ConnectTimeout},
		}
		w := wayOut{usual: usual, certified: usual}
		if o.ClientCertificate != nil {
			w.certified = usual.Clone()
			w.certified.TLSClientConfig.Certificates = []tls.Certificate{o.ClientCertificate.certificate()}
		}
		return w
	}
	proxy := func(r *http.Request) (*url.URL, error) {
		if o.Proxy == nil || isLoopbackHost(r.URL.Hostname()) {
			return nil, nil // requests to this computer never go to a proxy, least of all their credentials
		}
		return o.Proxy(r)
	}
	return transports{open: build(nil, proxy), guarded: build(refusePrivate, nil), certificate: o.ClientCertificate, proxy: proxy}
}

func (t transports) close() {
	for _, w := range []wayOut{t.open, t.guarded} {
		w.usual.CloseIdleConnections()
		w.certified.CloseIdleConnections()
	}
}

// proxiedError says that a request could not go through the proxy, because only the proxy sees the
// address that the name resolves to.
type proxiedError struct{ host string }

func (e *proxiedError) Error() string {
	return "whether " + printable(e.host, 255) + " is on the public Internet cannot be seen through a proxy"
}

// choose picks the way out for r, and records the proxy, if r goes through one. Behind a proxy,
// the proxy resolves the name. So a guarded request may pass there only if the name needs no
// check: a public address, or Twilio, whose certificate proves who answers.
func (t transports) choose(r *http.Request, guard bool) (http.RoundTripper, *url.URL, error) {
	proxy, err := t.proxy(r)
	if err != nil {
		return nil, nil, err
	}
	way := t.open
	if guard {
		if proxy == nil {
			way = t.guarded
		} else if err := seenThroughProxy(r.URL); err != nil {
			return nil, nil, err
		}
	}
	if t.certificate.isFor(r.URL) {
		return way.certified, proxy, nil
	}
	return way.usual, proxy, nil
}

// seenThroughProxy returns an error if nothing shows that u is on the public Internet.
func seenThroughProxy(u *url.URL) error {
	host := u.Hostname()
	if u.Scheme == "https" && (servesTwilio(host, TwilioVoice) || servesTwilio(host, TwilioInsights)) {
		return nil
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return &proxiedError{host}
	}
	if !publicAddr(addr) {
		return &blockedError{host}
	}
	return nil
}
