package recognize

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The variables that name what the language model is made of.
const (
	textVariable       = "OTOSCOPE_TEXT"
	dictionaryVariable = "OTOSCOPE_DICTIONARY"
)

// The least counts of what the model has.
const (
	leastWord, leastPair, leastTriple = 4, 3, 6
	leastCorpora                      = 2 // of a word
)

// spoken says how often a turn counts: those of spoken dialogues more than typed ones.
func spoken(corpus string) int {
	return map[string]int{"autoins": 4, "dstc10": 3, "taubench": 2, "pcsupport": 2}[corpus]
}

// leftOut is what may not be in the model by its licence.
func leftOut(corpus string) bool { return corpus == "sgd" }

// The model is made of text that is named, and of nothing else.
func TestLanguageModelIsMadeOfItsText(t *testing.T) {
	text, dictionary := os.Getenv(textVariable), os.Getenv(dictionaryVariable)
	if text == "" || dictionary == "" {
		t.Skipf("%s and %s do not name what it is made of", textVariable, dictionaryVariable)
	}
	pronounced := pronunciations(t, dictionary)
	c := count(t, text, pronounced)
	for name, content := range map[string][]byte{"call.arpa.gz": c.arpa(), "call.dict.gz": c.dictionary(pronounced)} {
		if os.Getenv("UPDATE_GOLDEN") == "1" {
			var packed bytes.Buffer
			z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
			if err == nil {
				_, err = z.Write(content)
			}
			if err == nil {
				err = z.Close()
			}
			if err == nil {
				err = os.WriteFile("model/"+name, packed.Bytes(), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		z, err := gzip.NewReader(bytes.NewReader(fixture(t, "model/"+name)))
		if err != nil {
			t.Fatal(err)
		}
		if shipped, err := io.ReadAll(z); err != nil || !bytes.Equal(shipped, content) {
			t.Errorf("%s is not what its text makes: %v", name, err)
		}
	}
}

// pronunciations reads a dictionary: the lines of each word.
func pronunciations(t *testing.T, path string) map[string][]string {
	t.Helper()
	variant := regexp.MustCompile(`\(\d+\)$`)
	all := map[string][]string{}
	for line := range strings.Lines(string(fixture(t, path))) {
		word, _, _ := strings.Cut(line, " ")
		word = variant.ReplaceAllString(word, "")
		all[word] = append(all[word], strings.TrimSpace(line))
	}
	return all
}

type (
	pair   [2]string
	triple [3]string
)

// counts are how often words, pairs and triples occur.
type counts struct {
	words   map[string]int
	pairs   map[pair]int
	triples map[triple]int
	turns   int
}

// phrase is what is said in one go, and how much it counts.
type phrase struct {
	words  []string
	weight int
}

func count(t *testing.T, path string, pronounced map[string][]string) *counts {
	t.Helper()
	c := &counts{map[string]int{}, map[pair]int{}, map[triple]int{}, 0}
	corpora := map[string]map[string]bool{}
	var phrases []phrase
	for corpus, text := range turns(t, path) {
		for _, words := range phrasesOf(text, pronounced) {
			weight := max(1, spoken(corpus))
			phrases = append(phrases, phrase{words, weight})
			for _, w := range words {
				c.words[w] += weight
				if corpora[w] == nil {
					corpora[w] = map[string]bool{}
				}
				corpora[w][corpus] = true
			}
		}
	}
	maps.DeleteFunc(c.words, func(w string, n int) bool {
		return n < leastWord || len(corpora[w]) < leastCorpora || pronounced[w] == nil
	})
	c.words["</s>"] = 0
	for _, p := range phrases {
		c.turns += p.weight
		c.words["</s>"] += p.weight
		words := slices.Concat([]string{"<s>"}, p.words, []string{"</s>"})
		known := func(i int) bool { return words[i] == "<s>" || c.words[words[i]] > 0 }
		for i := 1; i < len(words); i++ {
			if !known(i) || !known(i-1) {
				continue
			}
			c.pairs[pair{words[i-1], words[i]}] += p.weight
			if i > 1 && known(i-2) {
				c.triples[triple{words[i-2], words[i-1], words[i]}] += p.weight
			}
		}
	}
	maps.DeleteFunc(c.pairs, func(_ pair, n int) bool { return n < leastPair })
	maps.DeleteFunc(c.triples, func(g triple, n int) bool {
		_, has := c.pairs[pair{g[0], g[1]}]
		return n < leastTriple || !has
	})
	return c
}

// turns yields the corpus and the text of each turn in a table.
func turns(t *testing.T, path string) func(func(corpus, text string) bool) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(corpus, text string) bool) {
		for lines := bufio.NewReader(z); ; {
			line, err := lines.ReadString('\n')
			fields := strings.Split(strings.TrimRight(line, "\n"), "\t")
			if len(fields) >= 4 && !strings.HasPrefix(line, "#") && !leftOut(fields[0]) && !yield(fields[0], fields[3]) {
				return
			}
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

var (
	masked   = regexp.MustCompile(`\[[^\]]*\]`)
	sentence = regexp.MustCompile(`[.?!;:]+(?:\s+|$)`)
	aWord    = regexp.MustCompile(`[a-z']+`)
)

// phrasesOf are the words of the sentences of a turn, digits spelt.
func phrasesOf(text string, pronounced map[string][]string) [][]string {
	text = masked.ReplaceAllString(strings.ReplaceAll(strings.ToLower(text), "’", "'"), " ")
	for i, digit := range strings.Fields("zero one two three four five six seven eight nine") {
		text = strings.ReplaceAll(text, string(rune('0'+i)), " "+digit+" ")
	}
	var all [][]string
	for _, s := range sentence.Split(text, -1) {
		var words []string
		for _, w := range aWord.FindAllString(s, -1) {
			if pronounced[w] == nil {
				w = strings.Trim(w, "'")
			}
			if w != "" {
				words = append(words, w)
			}
		}
		if len(words) > 0 {
			all = append(all, words)
		}
	}
	return all
}

// arpa writes the model. Probabilities are interpolated after Witten and Bell ("The zero-frequency
// problem", IEEE Trans. Inf. Theory 37, 1991), and written with back-off weights.
func (c *counts) arpa() []byte {
	const added = 0.5 // to the count of each word
	total := 0
	for _, n := range c.words {
		total += n
	}
	p1 := func(w string) float64 {
		return (float64(c.words[w]) + added) / (float64(total) + added*float64(len(c.words)))
	}
	after1, kinds1 := map[string]int{}, map[string]int{}
	for g, n := range c.pairs {
		after1[g[0]] += n
		kinds1[g[0]]++
	}
	said := func(w string) int {
		if w == "<s>" {
			return c.turns
		}
		return c.words[w]
	}
	share1 := func(w string) float64 {
		if after1[w] == 0 {
			return 0
		}
		return float64(after1[w]) / float64(said(w)+kinds1[w])
	}
	p2 := func(g pair) float64 {
		p := (1 - share1(g[0])) * p1(g[1])
		if n := c.pairs[g]; n > 0 {
			p += share1(g[0]) * float64(n) / float64(after1[g[0]])
		}
		return p
	}
	after2, kinds2 := map[pair]int{}, map[pair]int{}
	for g, n := range c.triples {
		after2[pair{g[0], g[1]}] += n
		kinds2[pair{g[0], g[1]}]++
	}
	share2 := func(g pair) float64 {
		if after2[g] == 0 {
			return 0
		}
		return float64(after2[g]) / float64(max(c.pairs[g], after2[g])+kinds2[g])
	}
	log10 := func(p float64) float64 { return math.Log10(max(p, 1e-9)) }
	var b bytes.Buffer
	fmt.Fprintf(&b, "\\data\\\nngram 1=%d\nngram 2=%d\nngram 3=%d\n\n\\1-grams:\n", len(c.words)+1, len(c.pairs), len(c.triples))
	fmt.Fprintf(&b, "-99 <s> %.4f\n", log10(1-share1("<s>")))
	for _, w := range slices.Sorted(maps.Keys(c.words)) {
		fmt.Fprintf(&b, "%.4f %s %.4f\n", log10(p1(w)), w, log10(1-share1(w)))
	}
	b.WriteString("\n\\2-grams:\n")
	for _, g := range slices.SortedFunc(maps.Keys(c.pairs), func(x, y pair) int { return slices.Compare(x[:], y[:]) }) {
		fmt.Fprintf(&b, "%.4f %s %s %.4f\n", log10(p2(g)), g[0], g[1], log10(1-share2(g)))
	}
	b.WriteString("\n\\3-grams:\n")
	for _, g := range slices.SortedFunc(maps.Keys(c.triples), func(x, y triple) int { return slices.Compare(x[:], y[:]) }) {
		before := pair{g[0], g[1]}
		p := share2(before)*float64(c.triples[g])/float64(after2[before]) + (1-share2(before))*p2(pair{g[1], g[2]})
		fmt.Fprintf(&b, "%.4f %s %s %s\n", log10(p), g[0], g[1], g[2])
	}
	b.WriteString("\n\\end\\\n")
	return b.Bytes()
}

// dictionary writes how the words of the model are pronounced.
func (c *counts) dictionary(pronounced map[string][]string) []byte {
	var b bytes.Buffer
	for _, w := range slices.Sorted(maps.Keys(c.words)) {
		for _, line := range pronounced[w] {
			fmt.Fprintln(&b, line)
		}
	}
	return b.Bytes()
}
