package fetch

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"syscall"
	"testing"
)

// If a variable's value is not the address of a proxy, the request does not go out directly, and
// the error shows nothing of the value.
func TestAProxyThatCannotBeReadIsAnError(t *testing.T) {
	for _, value := range []string{
		"http://user:hun ter2@127.0.0.1:1", "http://user:hunt#er2@127.0.0.1:1", "http://user:hunt/er2@127.0.0.1:1", "http://user:hunt%er2@127.0.0.1:1",
		"http://user:12#hunter2@127.0.0.1:1", "http://user:1?hunter2@127.0.0.1:1", "http://user:hunter2%zz@127.0.0.1:1",
		"http://user:hunter2@127.0.0.1:99999", "http://user:hunter2@127.0.0.1:ab", "user:hunter2@127.0.0.1:ab", "http://user:hunter2@",
		"ftp://user:hunter2@127.0.0.1:1", "socks4://127.0.0.1:1", "://hunter2", "hunter2 hunter2", "%hunter2", "http://[::1", "http://h:0",
	} {
		for variable, address := range map[string]string{
			"HTTPS_PROXY": "https://h.example.com/", "https_proxy": "https://h.example.com/",
			"HTTP_PROXY": "http://h.example.com/", "ALL_PROXY": "https://h.example.com/", "all_proxy": "http://h.example.com/",
		} {
			o := hasty(nil)
			o.Proxy = ProxyFromEnv(env(variable, value))
			_, _, err := get(t, o, address)
			e := failed(t, err, variable, "is not the address of a proxy")
			if text := e.Error() + e.Hint(); strings.Contains(text, "hun") || strings.Contains(text, "ter2") || strings.Contains(text, "er2") {
				t.Errorf("%s=%s: %s", variable, value, text)
			}
			if !strings.Contains(e.Hint(), "%23") || e.Temporary() {
				t.Errorf("hint %q, temporary %t", e.Hint(), e.Temporary())
			}
		}
	}
}

// A variable that cannot be read does not affect the requests that it is not for.
func TestAProxyIsChosenByWhatTheVariablesSay(t *testing.T) {
	for _, test := range []struct {
		env           []string
		address, want string
	}{
		{nil, "https://h.example.com/", ""},
		{[]string{"HTTPS_PROXY", "p:1"}, "https://h.example.com/", "http://p:1"},
		{[]string{"HTTPS_PROXY", "p:1"}, "http://h.example.com/", ""},
		{[]string{"HTTPS_PROXY", "p p"}, "http://h.example.com/", ""},
		{[]string{"HTTPS_PROXY", "p p", "NO_PROXY", "example.com"}, "https://h.example.com/", ""},
		{[]string{"HTTPS_PROXY", "p p", "NO_PROXY", "*"}, "https://h.example.com/", ""},
		{[]string{"HTTPS_PROXY", "https://u:p%23@p:1/"}, "https://h.example.com/", "https://u:p%23@p:1"},
		{[]string{"HTTPS_PROXY", "HTTP://p"}, "https://h.example.com/", "http://p"},
		{[]string{"ALL_PROXY", "socks5h://p:1"}, "https://h.example.com/", "socks5h://p:1"},
		{[]string{"ALL_PROXY", "p:1", "HTTP_PROXY", "q:1"}, "http://h.example.com/", "http://q:1"},
		{[]string{"ALL_PROXY", "p:1", "no_proxy", "h.example.com"}, "https://h.example.com/", ""},
	} {
		r, err := http.NewRequest(http.MethodGet, test.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		u, err := ProxyFromEnv(env(test.env...))(r)
		got := ""
		if u != nil {
			got = u.String()
		}
		if err != nil || got != test.want {
			t.Errorf("%v, %s: %q, %v, want %q", test.env, test.address, got, err, test.want)
		}
	}
}

func TestAProxyThatIsDownIsNamed(t *testing.T) {
	closed := serve(t, false, nil)
	closed.Close()
	for _, scheme := range []string{"http://", "socks5://"} {
		for _, address := range []string{"https://h.example.com/", "http://h.example.com/"} {
			o := hasty(nil)
			o.Proxy = ProxyFromEnv(env("ALL_PROXY", scheme+"user:hunter2@"+hostPort(closed.URL)))
			_, _, err := get(t, o, address)
			e := failed(t, err, "the proxy "+hostPort(closed.URL)+" cannot be reached, so h.example.com was not asked")
			if !errors.Is(err, syscall.ECONNREFUSED) || !e.Temporary() || strings.Contains(e.Error()+e.Hint(), "hunter2") {
				t.Errorf("%v, temporary %t", e, e.Temporary())
			}
		}
	}
}

// A proxy that requires credentials or refuses to connect gets one request.
func TestAProxyThatRefusesIsNamed(t *testing.T) {
	for _, test := range []struct {
		status   int
		user     string
		want     string
		requests int
	}{
		{407, "", "asks for credentials (407), so h.example.com was not asked", 1},
		{407, "user:hunter2@", "does not accept the user name and the password in its address (407)", 1},
		{403, "", "refused to connect to h.example.com (status 403)", 1},
		{502, "", "(status 502)", 4},
	} {
		proxy := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Proxy-Authenticate", `Basic realm="x"`)
			w.WriteHeader(test.status)
		})
		o := hasty(nil)
		o.Proxy = ProxyFromEnv(env("ALL_PROXY", "http://"+test.user+hostPort(proxy.URL)))
		_, _, err := get(t, o, "https://h.example.com/")
		e := failed(t, err, "the proxy "+hostPort(proxy.URL), test.want)
		if e.Status != test.status || len(proxy.all()) != test.requests || e.Temporary() != (test.requests > 1) {
			t.Errorf("%d: status %d, %d requests, temporary %t", test.status, e.Status, len(proxy.all()), e.Temporary())
		}
		secret := base64.StdEncoding.EncodeToString([]byte("user:hunter2"))
		if text := e.Error() + e.Hint(); strings.Contains(text, "hunter2") || strings.Contains(text, secret) {
			t.Errorf("%d: %s", test.status, text)
		}
	}
	// Over http the answer looks like the host's.
	proxy := serve(t, false, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(407) })
	o := hasty(nil)
	o.Proxy = ProxyFromEnv(env("HTTP_PROXY", hostPort(proxy.URL)))
	_, _, err := get(t, o, "http://h.example.com/")
	failed(t, err, "the proxy "+hostPort(proxy.URL)+" asks for credentials (407)")
}
