package fetch

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
)

// cookies keeps the cookies that servers set during one fetch: a redirect may lead back to its
// origin, now with a cookie. A cookie goes back only to the host and port that set it, whatever
// domain it names, so that no list of public suffixes is needed.
type cookies map[origin]http.CookieJar

func (c cookies) SetCookies(u *url.URL, set []*http.Cookie) {
	for _, cookie := range set {
		cookie.Domain = ""
	}
	jar := c[hostOf(u)]
	if jar == nil {
		jar, _ = cookiejar.New(nil) // never fails, according to its documentation
		c[hostOf(u)] = jar
	}
	jar.SetCookies(u, set)
}

func (c cookies) Cookies(u *url.URL) []*http.Cookie {
	if jar := c[hostOf(u)]; jar != nil {
		return jar.Cookies(u)
	}
	return nil
}

// header is the cookie header for u.
func (c cookies) header(u *url.URL) string {
	r := http.Request{Header: http.Header{}}
	for _, cookie := range c.Cookies(u) {
		r.AddCookie(cookie)
	}
	return r.Header.Get("Cookie")
}
