package fetch

import (
	"net/netip"
	"net/url"
	"strings"
)

// origin is what a credential belongs to (RFC 6454): scheme, host and port.
type origin struct{ scheme, host, port string }

func originOf(u *url.URL) origin {
	o := origin{strings.ToLower(u.Scheme), strings.ToLower(u.Hostname()), u.Port()}
	if o.port == "" {
		o.port = usualPort(o.scheme)
	}
	return o
}

// hostOf is the host and port of u whatever its scheme is, where http:// at its
// usual port is the same as https:// at its own.
func hostOf(u *url.URL) origin {
	o := originOf(u)
	if o.scheme == "http" && o.port == "80" {
		o.port = "443"
	}
	o.scheme = ""
	return o
}

func usualPort(scheme string) string {
	if scheme == "http" {
		return "80"
	}
	return "443"
}

// takesCredentials reports whether a credential may travel to o: over TLS, or without
// leaving this computer.
func (o origin) takesCredentials() bool { return o.scheme == "https" || isLoopbackHost(o.host) }

// isLoopbackHost judges only the name; "localhost" is loopback by RFC 6761.
func isLoopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}
