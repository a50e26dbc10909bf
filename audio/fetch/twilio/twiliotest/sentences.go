package twiliotest

import (
	"fmt"
	"net/http"
	"strconv"
)

// sentences answers with one page of the sentences of a transcript.
func (a *Account) sentences(w http.ResponseWriter, r *http.Request, sid string) {
	all, has := a.Transcripts[sid]
	if !has || r.Host != "intelligence.twilio.com" {
		Fail(w, 404, 20404, "The requested resource was not found")
		return
	}
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("PageSize"))
	if a.PageSize > 0 && size > a.PageSize {
		size = a.PageSize
	}
	page, _ := strconv.Atoi(q.Get("Page"))
	first := min(page*size, len(all))
	last := min(first+size, len(all))
	list := []any{}
	for i, s := range all[first:last] {
		m := map[string]any{
			"media_channel": s.Channel, "sentence_index": first + i, "start_time": nil, "end_time": nil, "confidence": nil,
			"transcript": s.Text, "sid": SID("GX", first+i), "words": []any{},
		}
		if !s.WithoutDetails {
			m["start_time"], m["end_time"], m["confidence"] = decimal(s.StartS), decimal(s.EndS), decimal(s.Confidence)
		}
		list = append(list, m)
	}
	var next any
	if last < len(all) {
		q.Set("Page", strconv.Itoa(page+1))
		q.Set("PageToken", "PT"+strconv.Itoa(last))
		next = "https://" + r.Host + r.URL.Path + "?" + q.Encode()
	}
	answer(w, map[string]any{"sentences": list, "meta": map[string]any{"key": "sentences", "page": page, "page_size": size, "next_page_url": next}})
}

// decimal is how Twilio writes a number with a fraction.
func decimal(x float64) string { return fmt.Sprintf("%.2f", x) }
