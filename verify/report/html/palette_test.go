package html

import (
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"
)

// schemes reads the colours of the stylesheet, for light and for dark.
func schemes(t *testing.T) (light, dark map[string]string) {
	t.Helper()
	blocks := regexp.MustCompile(`:root \{[^}]*\}`).FindAllString(read("page.css"), -1)
	if len(blocks) != 3 {
		t.Fatalf("the stylesheet has %d lists of colours", len(blocks))
	}
	colours := func(block string) map[string]string {
		out := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(block, -1) {
			out[m[1]] = m[2]
		}
		return out
	}
	return colours(blocks[0]), colours(blocks[1])
}

// The colours of pictures by themselves are those of pages in the light, and every paint has a
// class for areas and one for lines.
func TestPicturesAndPagesHaveTheSameColours(t *testing.T) {
	light, dark := schemes(t)
	for p, ink := range lightInks() {
		if light[string(p)] != ink || dark[string(p)] == "" {
			t.Errorf("%s is %s in pictures, %s on pages, %q in the dark", p, ink, light[string(p)], dark[string(p)])
		}
		for _, class := range []string{".f-" + string(p) + " {", ".s-" + string(p) + " {"} {
			if !strings.Contains(read("page.css"), class) {
				t.Errorf("the stylesheet has no %s", class)
			}
		}
	}
}

// Text has a contrast of 4.5 against the grounds that it is on, shapes have 3 (WCAG 2.2, 1.4.3
// and 1.4.11).
func TestContrast(t *testing.T) {
	light, dark := schemes(t)
	for name, scheme := range map[string]map[string]string{"light": light, "dark": dark} {
		for _, ink := range []string{"ink", "soft", "customer", "agent", "unknown", "mark", "warning", "fatal", "good"} {
			for _, ground := range []string{"ground", "raised"} {
				if c := contrast(t, scheme[ink], scheme[ground]); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f", name, ink, ground, c)
				}
			}
		}
		for _, ink := range []string{"still", "absent", "frame"} {
			if c := contrast(t, scheme[ink], scheme["ground"]); c < 3 {
				t.Errorf("%s: %s has a contrast of %.2f", name, ink, c)
			}
		}
	}
}

// contrast is the contrast ratio of two colours (WCAG 2.2).
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	luminance := func(s string) float64 {
		var c [3]int
		if _, err := fmt.Sscanf(s, "#%02x%02x%02x", &c[0], &c[1], &c[2]); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(c[i]) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}
