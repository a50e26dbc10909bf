package db

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// addressForm shows how to name a PostgreSQL database.
const addressForm = "write it as postgres://USER@HOST:PORT/DATABASE, with the password in PGPASSWORD or ~/.pgpass"

// connectionWords are settings of libpq's keyword form, "host=db user=me", which
// otoscope does not read: https://www.postgresql.org/docs/current/libpq-connect.html
var connectionWords = regexp.MustCompile(`(?i)(^|\s)(host|hostaddr|port|dbname|user|password|passfile|service|sslmode|options)\s*=`)

// almostAddress matches a mistyped address that would pass for a path: a missing slash, or a
// password before the host.
var almostAddress = regexp.MustCompile(`(?i)^\s*(postgres|postgresql)\s*:|^\s*postgres(ql)?//|^[^/\\@]+:[^/\\@]*@`)

// readTarget distinguishes an address of PostgreSQL from the path of a file. It refuses
// anything else and never repeats it: a password could be anywhere in it.
func readTarget(target string) (postgres bool, err error) {
	scheme, rest, isURL := strings.Cut(target, "://")
	switch {
	case isURL && (strings.EqualFold(scheme, "postgres") || strings.EqualFold(scheme, "postgresql")):
		return true, nil
	case strings.HasPrefix(target, "./"), strings.HasPrefix(target, "/"):
		return false, nil // a path, however odd
	case connectionWords.MatchString(target):
		return false, &Error{
			Message: "the database is named by settings such as host= and dbname=, which are not read here",
			Advice:  addressForm + "; for a file of that name put ./ before it",
		}
	case isURL && !strings.ContainsAny(scheme, "/\\"):
		return false, &Error{Message: "the database is neither SQLite nor PostgreSQL", Advice: "give --db a path, or an address that begins with postgres://"}
	case almostAddress.MatchString(target), isURL && strings.Contains(rest, "@"):
		return false, &Error{
			Message: "the database is named neither by a path nor by an address that can be read",
			Advice:  addressForm + "; for a file of that name put ./ before it",
		}
	}
	return false, nil
}

// HoldsPassword reports whether the name of a database contains a password.
func HoldsPassword(target string) bool {
	_, rest, isURL := strings.Cut(target, "://")
	if !isURL {
		return regexp.MustCompile(`(?i)(^|\s)(ssl)?password\s*=`).MatchString(target)
	}
	// Not by url.Parse: an address that it refuses is even more likely to hold one.
	authority, query, _ := strings.Cut(rest, "?")
	if at := strings.LastIndex(authority, "@"); at >= 0 && strings.Contains(authority[:at], ":") {
		return true
	}
	for pair := range strings.FieldsFuncSeq(query, func(r rune) bool { return r == '&' || r == ';' || r == '#' }) {
		name, _, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if strings.Contains(strings.ToLower(name), "password") {
			return true
		}
	}
	return false
}

// normalised writes the scheme in the form that pgx expects.
func normalised(target string) string {
	scheme, rest, _ := strings.Cut(target, "://")
	return fmt.Sprintf("%s://%s", strings.ToLower(scheme), rest)
}
