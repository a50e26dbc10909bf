package lint

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A string that is written and read again is the same, and every byte of it comes from its place.
func TestStringsKeepTheirPlaces(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := strings.ToValidUTF8(rapid.String().Draw(t, "text"), "?")
		raw := quoted(s)
		if rapid.Bool().Draw(t, "escaped") {
			b, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			raw = string(b)
		}
		text, offsets := unquote(raw)
		if text != s || len(offsets) != len(s)+1 || offsets[len(s)] != len(raw)-1 {
			t.Fatalf("%q from %s, %d offsets", text, raw, len(offsets))
		}
		for i := range len(s) {
			if s[i] > ' ' && s[i] < 0x7f && raw[offsets[i]] != s[i] && raw[offsets[i]] != '\\' {
				t.Errorf("byte %d, %q, comes from %q", i, s[i], raw[offsets[i]])
			}
		}
	})
}

// A mask keeps every byte's place, and JSON without Liquid as it is.
func TestAMaskKeepsEveryPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune(`{}%"\:,[]a1 `+"\n")), 0, 40, -1).Draw(t, "text")
		masked, _, _ := mask(s)
		if len(masked) != len(s) {
			t.Errorf("%q becomes %q", s, masked)
		}
		if !hasLiquid(s) && masked != s {
			t.Errorf("%q has no Liquid and becomes %q", s, masked)
		}
	})
	for template, valid := range map[string]bool{
		`{"a": {{x}}}`: true, `{"a": {{}}, "b": {{ y | default: "z" }}}`: true, `{"a": "{{ x | default: "q" }}"}`: true,
		`{"a": 1{% if x %}, "b": 2{% endif %}}`: true, `{"a": {b}}`: false, `{"a": "{{ never ends"}`: true,
	} {
		masked, _, _ := mask(template)
		if json.Valid([]byte(masked)) != valid {
			t.Errorf("%s becomes %s", template, masked)
		}
	}
}

// Depth is bounded, and a number keeps its digits.
func TestParseIsBounded(t *testing.T) {
	if _, err := parse([]byte(strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2))); err != errDeep {
		t.Errorf("error is %v", err)
	}
	n, err := parse([]byte(` {"a" : [12345678901234567890 , "x"] , "a": null} `))
	if err != nil || n.members[0].value.items[0].text != "12345678901234567890" || n.get("a").kind != 'n' || n.from != 1 || n.to != 49 {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := parse([]byte(`{} {}`)); err != errTrailing {
		t.Errorf("error is %v", err)
	}
}
