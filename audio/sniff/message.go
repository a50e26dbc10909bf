package sniff

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
)

// Message is what the text of an error says of itself: the code and the message of a JSON
// object like Twilio's, or of an XML document like those of Twilio and the object stores:
// "AccessDenied: Request has expired". It is "" where there is neither. The text may be cut.
func Message(text []byte) string {
	code, message := jsonError(text)
	if code == "" && message == "" {
		code, message = element(text, codeElement), element(text, messageElement)
	}
	switch {
	case code != "" && message != "":
		return code + ": " + message
	case message != "":
		return message
	}
	return code
}

var (
	titleElement   = regexp.MustCompile(`(?is)<title[^>]*>\s*(.*?)\s*</title`)
	codeElement    = regexp.MustCompile(`(?is)<Code>\s*([^<]*?)\s*</Code>`)
	messageElement = regexp.MustCompile(`(?is)<Message>\s*([^<]*?)\s*</Message>`)
)

func element(text []byte, pattern *regexp.Regexp) string {
	m := pattern.FindSubmatch(text)
	if m == nil {
		return ""
	}
	return html.UnescapeString(string(m[1]))
}

// jsonError finds code and message among the members of an object, or of the object that its
// member "error" is. It reads member by member, so that an object that is cut says what it can.
func jsonError(text []byte) (code, message string) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return "", ""
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			break
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break
		}
		switch name {
		case "code", "error_code":
			code = scalar(value)
		case "message", "error_message", "error_description", "detail":
			message = scalar(value)
		case "error":
			if c, m := jsonError(value); c != "" || m != "" {
				code, message = c, m
			} else if code == "" {
				code = scalar(value)
			}
		}
	}
	return code, message
}

// scalar gives a string or a number as text, "" for anything else.
func scalar(value json.RawMessage) string {
	d := json.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	var v any
	if d.Decode(&v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return fmt.Sprint(v)
	}
	return ""
}
