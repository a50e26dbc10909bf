package db

import (
	"os"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/audio/hint"
)

// What looks like an address of a database is never a file's name, and what is
// refused is not repeated: it may hold a password.
func TestAnAddressIsNeverAFileName(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, target := range []string{
		"host=127.0.0.1 port=1 user=du password=DBPW dbname=x", "dbname=x password=DBPW", "user = du password = 'DBPW'", "HOST=h PASSWORD=DBPW",
		"password=DBPW", "service=x", "sslmode=disable\thost=DBPW", "postgres:/du:DBPW@h/x", "postgres:du:DBPW@h/x", "postgres//du:DBPW@h/x",
		"postgresql:///du:DBPW@/%zz", "du:DBPW@h/x", "mysql://du:DBPW@h/x", "POSTGRES://du:DBPW@127.0.0.1:1/x", "postgres://du:DB PW@127.0.0.1:1/x",
	} {
		for _, o := range []Options{{}, {Create: true, Work: true}} {
			s, err := Open(t.Context(), target, o)
			if err == nil {
				s.Close()
				t.Errorf("%s was opened", target)
				continue
			}
			if hint.Of(err) == "" || strings.Contains(err.Error()+hint.Of(err), "PW") {
				t.Errorf("%s: the error is %q, its hint %q", target, err, hint.Of(err))
			}
		}
	}
	if files, err := os.ReadDir("."); err != nil || len(files) != 0 {
		t.Errorf("there are files: %v, %v", files, err)
	}
	// A path that says it is one is one.
	for _, target := range []string{"./host=x", "a b.db", "x=y.db", "sub@x.db"} {
		s, err := Open(t.Context(), target, Options{Create: true, Work: true})
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		s.Close()
	}
}

func TestPasswordsAreSeenInEveryForm(t *testing.T) {
	for target, want := range map[string]bool{
		"postgres://u:p@h/x": true, "postgres://u:p%40h@h/x": true, "postgres://u@h/x?password=p": true, "postgres://u@h/x?PassWord=p": true,
		"postgres://u@h/x?passw%6frd=p": true, "host=h password=p": true, "postgres://h/x?sslmode=require&sslpassword=p": true, "postgres://u:p/q@h": true,
		"postgres://u@h:5432/x": false, "postgres://h/x?sslmode=require": false, "otoscope.db": false, "passwords.db": false, "": false,
	} {
		if got := HoldsPassword(target); got != want {
			t.Errorf("%q: %v, want %v", target, got, want)
		}
	}
}
