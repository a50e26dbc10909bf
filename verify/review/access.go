package review

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/time/rate"

	"github.com/otoscope/otoscope/audio/hint"
)

// A session is one person at one browser.
type session struct {
	holder   string // in the database; says nothing of the cookie
	reviewer string
	began    time.Time

	mu    sync.Mutex
	row   int64          // that the person has before them; 0: none
	given []int64        // the keys of the answers, to be undone from the last on
	seen  map[int64]bool // rows whose verdict the person knows, on a blind desk
	undid undone         // the last time
}

// An undone answer is one that a session took back, by the word of the page that asked for it.
type undone struct {
	once string
	row  int64
}

// cookie is the name of the cookie of a session. Cookies know no port, so two desks on one computer need names of
// their own.
func cookie(r *http.Request) string {
	_, port, _ := net.SplitHostPort(r.Host)
	return strings.TrimSuffix("otoscope-review-"+port, "-")
}

const (
	sessionLength = 24 * time.Hour
	maxSessions   = 1000
	// After so many wrong passwords, one more is heard in each time.
	freeAttempts = 5
	attemptEvery = 5 * time.Second
)

// MinPassword is the least length of a password, in characters.
const MinPassword = 10

// access decides who may come in.
type access struct {
	host     func(string) bool // which names the desk answers to
	secure   bool              // it is served over TLS
	password []byte            // its SHA-256; nil: there are links instead
	wrong    *rate.Limiter
	names    []string   // of people; none: anybody who has the password
	door     sync.Mutex // one password is looked at after the other

	mu       sync.Mutex
	links    map[[sha256.Size]byte]string // hashes of tokens, by which one comes in once, to names
	sessions map[[sha256.Size]byte]*session
}

func newAccess(o Options) *access {
	a := &access{host: o.Host, secure: o.Secure, names: o.Reviewers, links: map[[sha256.Size]byte]string{}, sessions: map[[sha256.Size]byte]*session{}}
	if a.host == nil {
		a.host = IsLoopback
	}
	if o.Password != "" {
		sum := sha256.Sum256([]byte(o.Password))
		a.password, a.wrong = sum[:], rate.NewLimiter(rate.Every(attemptEvery), freeAttempts)
	}
	return a
}

// link makes a token by which a person comes in once.
func (a *access) link(name string) string {
	token := rand.Text() // 130 bits
	a.mu.Lock()
	defer a.mu.Unlock()
	a.links[sha256.Sum256([]byte(token))] = name
	return token
}

// use takes a token; ok is false if there is no such token any more.
func (a *access) use(token string) (name string, ok bool) {
	key := sha256.Sum256([]byte(token))
	a.mu.Lock()
	defer a.mu.Unlock()
	name, ok = a.links[key]
	delete(a.links, key)
	return name, ok
}

// errBusy says that too many wrong passwords came.
var errBusy = &hint.Error{Message: "too many wrong passwords came in", Advice: "wait some seconds and try again"}

// login checks a password. Wrong ones become slow.
func (a *access) login(name, password string) error {
	a.door.Lock()
	defer a.door.Unlock()
	if a.wrong.Tokens() < 1 {
		return errBusy
	}
	sum := sha256.Sum256([]byte(password))
	right := subtle.ConstantTimeCompare(sum[:], a.password) == 1
	if err := CheckName(name); right && err != nil {
		return err
	}
	if !right || len(a.names) > 0 && !slices.Contains(a.names, name) {
		a.wrong.Allow()
		return &hint.Error{Message: "the name or the password is wrong", Advice: "ask who started otoscope review for them"}
	}
	return nil
}

// maxName is the longest name of a person, in bytes.
const maxName = 80

// CheckName reports why a word cannot name a person.
func CheckName(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return &hint.Error{Message: "a name is missing", Advice: "give the name that is to stand at the answers"}
	case len(name) > maxName:
		return &hint.Error{Message: "the name is too long", Advice: "give one of at most 80 bytes"}
	case name != strings.ToValidUTF8(name, "") || strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return &hint.Error{Message: "the name has characters that cannot be printed", Advice: "give a name of letters"}
	}
	return nil
}

// open begins a session, and sets its cookie.
func (a *access) open(w http.ResponseWriter, r *http.Request, name string) (*session, error) {
	id := rand.Text()
	s := &session{holder: rand.Text(), reviewer: name, began: time.Now(), seen: map[int64]bool{}}
	a.mu.Lock()
	defer a.mu.Unlock()
	for key, old := range a.sessions {
		if time.Since(old.began) > sessionLength {
			delete(a.sessions, key)
		}
	}
	if len(a.sessions) >= maxSessions {
		return nil, errors.New("there are too many sessions")
	}
	a.sessions[sha256.Sum256([]byte(id))] = s
	http.SetCookie(w, &http.Cookie{Name: cookie(r), Value: id, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: a.secure})
	return s, nil
}

// of is the session of a request; nil if it has none.
func (a *access) of(r *http.Request) *session {
	c, err := r.Cookie(cookie(r))
	if err != nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	s := a.sessions[sha256.Sum256([]byte(c.Value))]
	if s == nil || time.Since(s.began) > sessionLength {
		return nil
	}
	return s
}

// all returns the sessions.
func (a *access) all() []*session {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []*session
	for _, s := range a.sessions {
		all = append(all, s)
	}
	return all
}

// IsLoopback reports whether the name of a host can only lead to this computer.
func IsLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// hostname is a host without its port.
func hostname(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return strings.Trim(host, "[]")
}

// maxBody is the largest body of a request, in bytes: a note and what belongs to it.
const maxBody = 32 << 10

// guard refuses what does not come from the desk's own page, and tells browsers how to keep it.
func (a *access) guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	checked := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "frame-ancestors 'none'")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Referrer-Policy", "same-origin") // with no-referrer, a form of the desk would come without its origin
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		if a.secure {
			h.Set("Strict-Transport-Security", "max-age=86400")
		}
		scheme := "http"
		if a.secure {
			scheme = "https"
		}
		origin, site := r.Header.Get("Origin"), r.Header.Get("Sec-Fetch-Site")
		arrives := r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && r.Header.Get("Sec-Fetch-Dest") == "document"
		switch {
		case !a.host(hostname(r.Host)):
			refuse(w, http.StatusMisdirectedRequest, &hint.Error{Message: "the desk has another address", Advice: "open the link that otoscope review printed"})
		case origin != "" && origin != scheme+"://"+r.Host:
			refuse(w, http.StatusForbidden, &hint.Error{Message: "the request comes from another page", Advice: "open the link that otoscope review printed"})
		case (site == "cross-site" || site == "same-site") && !arrives:
			refuse(w, http.StatusForbidden, &hint.Error{Message: "the request comes from another page", Advice: "open the link that otoscope review printed"})
		default:
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			checked.ServeHTTP(w, r)
		}
	})
}
