package fetch

import (
	"strings"
	"testing"
)

// Values are read as curl reads them since 7.84.
func TestNetrcQuoting(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"blanks", `machine h login u password "super secret"`, "u:super secret"},
		{"escapes", `machine h login u password "a\"b\\c\td\x"`, "u:a\"b\\c\tdx"},
		{"hash", `machine h login u password "#p q"`, "u:#p q"},
		{"hash without quotes", `machine h login u password #p`, "u:#p"},
		{"empty login", `machine h login "" password p`, ""},
		{"a quote inside is one", `machine h login u password p"q`, `u:p"q`},
		{"host and login", "machine \"h\" login \"u v\"\n\tpassword \"p\"", "u v:p"},
		{"a password that is a keyword", `machine h login "machine" password "login"`, "machine:login"},
		{"and one without quotes", `machine h login machine password login`, "machine:login"},
		{"the default entry", "default login d password \"d d\"\nmachine h login u password p", "u:p"},
		{"a macro at the end", "machine h login u password p\nmacdef x\nput \"a", "u:p"},
		{"carriage returns", "machine h\r\nlogin u\r\npassword \"p q\"\r\n", "u:p q"},
	} {
		machines, err := parseNetrc(test.text)
		if err != nil && !(strings.Contains(test.name, "escapes") && strings.Contains(err.Error(), "control character")) {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if err != nil {
			continue
		}
		if got := sent(Credentials{netrc: machines}, origin{"https", "h", "443"}, false, true); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// An error names the line that cannot be read, and repeats nothing of it.
func TestNetrcThatCannotBeRead(t *testing.T) {
	for text, want := range map[string]string{
		"machine h login u password \"hunter2":             "line 1: a quotation mark is opened",
		"machine h login u\n password \"hunter2\n":         "line 2: a quotation mark is opened",
		"machine h login u password \"hunter2\\":           "line 1: a quotation mark is opened",
		"machine h login u\n\npassword \"hunter2\"hunter2": "line 3: something follows the quotation mark",
		"machine h login u password super hunter2":         "line 1: there is a word that does not belong there",
		"machine h\nlogin u\npasswort hunter2":             "line 3: there is a word that does not belong there",
		"# hunter2\nmachine h login u password":            "line 2: the file stops in the middle of an entry",
		"macdef x\nhunter2\n\nmachine":                     "line 4: the file stops in the middle of an entry",
		"machine h login u password \"a\\nhunter2\"":       "control character",
		"machine h login \"u:hunter2\" password hunter2":   "colon",
		"hunter2": "line 1: there is a word",
	} {
		_, err := parseNetrc(text)
		e := failed(t, err, want)
		if strings.Contains(e.Error()+e.Hint(), "hunter2") {
			t.Errorf("%q: %s %s", text, e, e.Hint())
		}
	}
}

func FuzzNetrc(f *testing.F) {
	for _, seed := range []string{
		"machine h login u password p", "machine h login u password \"a\\\"b \\\\ c\"", "default login u password p\n# c\nmacdef m\nx\n\nmachine h", "machine \"", "\x00\"\\",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		machines, err := parseNetrc(text)
		if err != nil {
			failed(t, err)
			return
		}
		if len(machines) > strings.Count(text, "machine") {
			t.Fatalf("%d entries in %q", len(machines), text)
		}
		for _, m := range machines {
			if m.login == nil {
				t.Fatal("an entry without a login")
			}
		}
	})
}
