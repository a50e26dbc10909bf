package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpproxy"
)

// ProxyFromEnv makes the Proxy of Options from the environment that getenv reads: HTTPS_PROXY for
// https, HTTP_PROXY for http, ALL_PROXY if the specific variable is not set, and NO_PROXY for the
// hosts that need no proxy. Each may also be in lower case. If the address of a proxy cannot be
// read, its requests do not go to the host directly. They fail with an *Error that names the
// variable, but never its value.
func ProxyFromEnv(getenv func(string) string) func(*http.Request) (*url.URL, error) {
	pick := func(names ...string) (name, value string) {
		for _, name := range names {
			if value := getenv(name); value != "" {
				return name, value
			}
		}
		return "", ""
	}
	bad := map[string]error{} // by the placeholder host of a proxy that cannot be read
	read := func(names ...string) string {
		name, value := pick(names...)
		if value == "" {
			return ""
		}
		u, err := parseProxy(value)
		if err != nil {
			stand := "unreadable-" + strings.ToLower(strings.ReplaceAll(name, "_", "-")) + ".invalid" // RFC 6761, 6.4
			bad[stand] = malformedProxy(name, err)
			return "http://" + stand
		}
		return u.String()
	}
	_, none := pick("NO_PROXY", "no_proxy")
	all := []string{"ALL_PROXY", "all_proxy"}
	choose := (&httpproxy.Config{
		HTTPSProxy: read(append([]string{"HTTPS_PROXY", "https_proxy"}, all...)...),
		HTTPProxy:  read(append([]string{"HTTP_PROXY", "http_proxy"}, all...)...),
		NoProxy:    none,
	}).ProxyFunc()
	return func(r *http.Request) (*url.URL, error) {
		u, err := choose(r.URL)
		if u != nil && bad[u.Host] != nil {
			return nil, bad[u.Host]
		}
		return u, err
	}
}

// parseProxy reads the address of a proxy strictly: a fragment or a path, as net/url sees it, is
// most often a part of a password.
func parseProxy(value string) (*url.URL, error) {
	value = strings.TrimSpace(value)
	if !strings.Contains(value, "://") {
		value = "http://" + value
	}
	u, err := url.Parse(value)
	if err != nil {
		return nil, errors.New("it is no URL") // net/url's own error repeats it
	}
	u.Scheme = strings.ToLower(u.Scheme)
	switch u.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, errors.New("it begins neither with http:// nor with https://, socks5:// or socks5h://")
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case u.Hostname() == "" || strings.ContainsFunc(u.Host, notInHost):
		return nil, errors.New("it names no host")
	case u.Port() != "" && (err != nil || port == 0):
		return nil, errors.New("its port is not a number from 1 to 65535")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.Opaque != "":
		return nil, errors.New("something follows the host")
	}
	return &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}, nil
}

func malformedProxy(variable string, err error) error {
	return problem(
		variable+" is not the address of a proxy: "+err.Error(),
		"write it as http://HOST:PORT or http://USER:PASSWORD@HOST:PORT, with other characters than letters and digits in the user name"+
			" and the password percent-encoded: # as %23, % as %25, / as %2F, @ as %40",
	)
}

// proxyError says that the proxy did not let a request through.
type proxyError struct {
	status int // its answer to CONNECT
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("the proxy answered with status %d", e.status)
}

// lasting reports whether the proxy will answer the same next time.
func (e *proxyError) lasting() bool {
	return e.status < 500 && e.status != http.StatusTooManyRequests && e.status != http.StatusRequestTimeout
}

// checkConnect checks a proxy's answer to CONNECT.
func checkConnect(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return &proxyError{resp.StatusCode}
	}
	return nil
}

// atProxy reports whether a connection failed at the proxy, so that the request never reached the
// host.
func atProxy(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && (op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks"))
}

// explainProxy describes a proxy's failure in a sentence, if it was one.
func (d *download) explainProxy(e *Error, err error, host string, via *url.URL) bool {
	var answered *proxyError
	name := "the proxy"
	if via != nil {
		name += " " + displayHost(via)
	}
	switch {
	case errors.As(err, &answered):
		e.Status = answered.status
		e.Message = fmt.Sprintf("%s refused to connect to %s (status %d)", name, host, answered.status)
		e.Advice = "ask those who run the proxy, or list the host in NO_PROXY if it can be reached directly"
		if answered.status == http.StatusProxyAuthRequired {
			e.Message = fmt.Sprintf("%s asks for credentials (407), so %s was not asked", name, host)
			e.Advice = proxyCredentials
			if via != nil && via.User != nil {
				e.Message = fmt.Sprintf("%s does not accept the user name and the password in its address (407), so %s was not asked", name, host)
				e.Advice = "correct them in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, percent-encoded"
			}
		}
	case atProxy(err):
		e.Message = fmt.Sprintf("%s cannot be reached, so %s was not asked: %s", name, host, d.trip.secrets.show(innermost(err).Error()))
		e.Advice = "check the proxy's address in HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, and whether it runs; or list the host in NO_PROXY"
	default:
		return false
	}
	return true
}

const proxyCredentials = "put them into the proxy's address, for example HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, percent-encoded"

// innermost is the last error of a chain: the reason without the addresses around it.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
