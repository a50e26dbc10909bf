package lint

import (
	"regexp"
	"strings"
)

// A variable is a Liquid variable of a flow's widget: {{widgets.NAME.PROPERTY}}.
type variable struct {
	widget, property       string
	widgetAt, propertyAt   int // in the text
	widgetEnd, propertyEnd int
	from, to               int // the whole {{...}}
}

// mask makes JSON of a template, in a text of the same length: Studio fills in Liquid before it reads
// the JSON. A variable outside of strings becomes a string that still looks like a variable; in a
// string it loses what would end the string. Tags become blanks.
//
// In JSON "{{" stands in strings only, so that it always is Liquid.
func mask(text string) (masked string, variables []variable, tags bool) {
	b := []byte(text)
	inString := false
	for i := 0; i < len(b); {
		switch two := text[i:min(i+2, len(text))]; {
		case two == "{{":
			end := strings.Index(text[i:], "}}")
			if end < 0 {
				return string(b), variables, tags
			}
			end += i + 2
			if v, ok := widgetVariable(text, i, end); ok {
				variables = append(variables, v)
			}
			for k := i + 2; k < end-2; k++ {
				if inString && (b[k] == '"' || b[k] == '\\' || b[k] < ' ') || !inString {
					b[k] = '_'
				}
			}
			if !inString {
				b[i], b[i+1], b[i+2], b[end-1] = '"', '{', '{', '"'
				if end-i > 4 {
					b[end-2] = '_'
				}
			}
			i = end
		case two == "{%":
			end := strings.Index(text[i:], "%}")
			if end < 0 {
				return string(b), variables, tags
			}
			end += i + 2
			for k := i; k < end; k++ {
				if b[k] != '\n' || inString {
					b[k] = ' '
				}
			}
			tags, i = true, end
		case inString && two[0] == '\\':
			i += 2
		default:
			if two[0] == '"' {
				inString = !inString
			}
			i++
		}
	}
	return string(b), variables, tags
}

// widgetVariable reads {{ widgets.NAME.PROPERTY | filters }}.
func widgetVariable(text string, from, to int) (variable, bool) {
	m := regexp.MustCompile(`(?:^|[^\w.])widgets\.([\w-]+)(?:\.([\w-]+))?`).FindStringSubmatchIndex(text[from:to])
	if m == nil {
		return variable{}, false
	}
	v := variable{from: from, to: to, widget: text[from+m[2] : from+m[3]], widgetAt: from + m[2], widgetEnd: from + m[3]}
	if m[4] >= 0 {
		v.property, v.propertyAt, v.propertyEnd = text[from+m[4]:from+m[5]], from+m[4], from+m[5]
	}
	return v, true
}

// hasLiquid reports whether a text holds a variable or a tag.
func hasLiquid(s string) bool { return strings.Contains(s, "{{") || strings.Contains(s, "{%") }
