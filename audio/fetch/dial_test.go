package fetch

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"sync/atomic"
	"testing"
)

func TestPublicAddresses(t *testing.T) {
	for _, s := range []string{
		"1.1.1.1", "8.8.8.8", "54.172.60.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "169.253.1.1", "198.17.0.1", "223.255.255.255",
		"2606:4700:4700::1111", "2a00:1450::1", "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8",
	} {
		if !publicAddr(netip.MustParseAddr(s)) {
			t.Errorf("%s is public", s)
		}
	}
	for _, s := range []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
		"192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "168.63.129.16",
		"::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:8.8.8.8",
		"64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "3fff::1", "5f00::1",
		"fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
	} {
		if publicAddr(netip.MustParseAddr(s)) {
			t.Errorf("%s is not public", s)
		}
	}
	for _, address := range []string{"127.0.0.1:443", "[fe80::1%lo]:443", "nonsense", "/run/socket"} {
		if refusePrivate(context.Background(), "tcp", address, nil) == nil {
			t.Errorf("%s was let through", address)
		}
	}
}

// nameServer answers every question for an A record with the address from answer, or with "no such
// name" for the zero address. It has no other records.
func nameServer(t *testing.T, answer func(question int) netip.Addr) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	var questions atomic.Int64
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			end := 12 // of the question: RFC 1035, 4.1.2
			for end < n && buf[end] != 0 {
				end += int(buf[end]) + 1
			}
			end += 5
			if end > n {
				continue
			}
			reply := append([]byte(nil), buf[:end]...)
			binary.BigEndian.PutUint16(reply[2:], 0x8180) // an answer, recursion available
			copy(reply[6:12], make([]byte, 6))
			addr := answer(int(questions.Add(1)))
			switch {
			case !addr.IsValid():
				binary.BigEndian.PutUint16(reply[2:], 0x8183) // no such name
			case binary.BigEndian.Uint16(buf[end-4:]) == 1: // A
				binary.BigEndian.PutUint16(reply[6:], 1)
				reply = append(reply, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
				reply = append(reply, addr.AsSlice()...)
			}
			conn.WriteTo(reply, from)
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

// A name may be public during the check and private during the connection: only the address of the
// connection counts.
func TestNamesThatLeadToPrivateAddresses(t *testing.T) {
	secret := serve(t, true, serveFile(recording(1_000)))
	port := hostPort(secret.URL)[len("127.0.0.1"):]
	loopback := netip.MustParseAddr("127.0.0.1")
	o := hasty(secret)
	o.Resolver = nameServer(t, func(int) netip.Addr { return loopback })

	ref, err := ParseUntrusted("https://rebind.example.com" + port)
	if err != nil {
		t.Fatal(err)
	}
	_, err = newClient(t, o).Get(context.Background(), ref, (&got{}).sink)
	failed(t, err, "rebind.example.com", "127.0.0.1", "not an address on the public Internet")

	// If a person typed the name, it may lead anywhere. The certificate of httptest is for
	// example.com, too.
	g, result, err := get(t, o, "https://example.com"+port)
	fetched(t, g, result, err, recording(1_000))
	asked := len(secret.all())

	// But a redirect from there may not lead to a name that does the same.
	secret.handle(redirectTo(302, "https://www.example.com"+port))
	_, _, err = get(t, o, "https://example.com"+port)
	failed(t, err, "www.example.com", "127.0.0.1", "a redirect may not lead there")
	if n := len(secret.all()) - asked; n != 1 {
		t.Errorf("the private server was asked %d times more", n)
	}
}

// The name is looked up again for every connection, and each address is checked.
func TestRebinding(t *testing.T) {
	secret := serve(t, true, serveFile(recording(1_000)))
	port := hostPort(secret.URL)[len("127.0.0.1"):]
	var changed atomic.Bool
	var lookups atomic.Int64
	o := hasty(secret)
	// Nothing answers at 240.0.0.1, so it fails like a public address that the rebinding server
	// takes away again.
	o.Resolver = nameServer(t, func(int) netip.Addr {
		lookups.Add(1)
		if changed.Swap(true) {
			return netip.MustParseAddr("127.0.0.1")
		}
		return netip.MustParseAddr("240.0.0.1")
	})
	for range 3 {
		ref, err := ParseUntrusted("https://rebind.example.com" + port)
		if err != nil {
			t.Fatal(err)
		}
		_, err = newClient(t, o).Get(context.Background(), ref, (&got{}).sink)
		failed(t, err, "not an address on the public Internet")
	}
	if lookups.Load() < 3 || len(secret.all()) != 0 {
		t.Errorf("%d lookups, %d requests to the private server", lookups.Load(), len(secret.all()))
	}
}

func through(t *testing.T, proxy *server) func(*http.Request) (*url.URL, error) {
	t.Helper()
	u, err := url.Parse(proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	return http.ProxyURL(u)
}

func TestUntrustedThroughAProxy(t *testing.T) {
	proxy := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		serveFile(recording(1_000))(w, r)
	})
	o := hasty(nil)
	o.Proxy = through(t, proxy)
	for reference, want := range map[string]string{
		"http://intranet.example.com/":     "cannot be seen through a proxy",
		"https://intranet.example.com/":    "cannot be seen through a proxy",
		"http://10.0.0.1/":                 "not an address on the public Internet",
		"https://api.twilio.com.evil.com/": "cannot be seen through a proxy",
	} {
		ref, err := ParseUntrusted(reference)
		if err != nil {
			t.Fatal(err)
		}
		_, err = newClient(t, o).Get(context.Background(), ref, (&got{}).sink)
		failed(t, err, want)
	}
	if n := len(proxy.all()); n != 0 {
		t.Errorf("the proxy was asked %d times", n)
	}
	// Public addresses and Twilio's hosts need no name resolution.
	for _, reference := range []string{"http://8.8.8.8/", fmt.Sprintf("https://api.twilio.com/2010-04-01/Accounts/%s/Recordings/%s", account, sid)} {
		ref, err := ParseUntrusted(reference)
		if err != nil {
			t.Fatal(err)
		}
		before := len(proxy.all())
		_, err = newClient(t, o).Get(context.Background(), ref, (&got{}).sink)
		if len(proxy.all()) == before {
			t.Errorf("%s did not reach the proxy: %v", reference, err)
		}
	}
}

func TestProxyNeverSeesThisComputersTraffic(t *testing.T) {
	want := recording(1_000)
	s := serve(t, false, serveFile(want))
	proxy := serve(t, false, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(502) })
	o := hasty(nil)
	o.Proxy = through(t, proxy)
	g, result, err := get(t, o, s.URL)
	fetched(t, g, result, err, want)
	if len(proxy.all()) != 0 {
		t.Error("the proxy was asked")
	}
}
