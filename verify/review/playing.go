package review

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/otoscope/otoscope/verify/batch"
	"github.com/otoscope/otoscope/verify/declare"
)

// patience is how long a request waits for a recording. The page asks again.
const patience = 25 * time.Second

// await waits for a recording, for some time. later says that it is still on its way.
func (d *Desk) await(r *http.Request, c batch.Case) (x *sound, later bool, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	x = d.sounds.get(c.Key, c.Place, false)
	err = x.wait(ctx)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return x, true, nil
	}
	return x, false, err
}

// giveState tells whether the recording of a row can be heard.
func (d *Desk) giveState(w http.ResponseWriter, r *http.Request, _ *session) error {
	c, err := d.row(r)
	if err != nil {
		return err
	}
	if r.FormValue("again") != "" {
		d.sounds.again(c.Key)
	}
	x, later, err := d.await(r, c)
	state := struct {
		Ready bool   `json:"ready"`
		Later bool   `json:"later"`
		Note  string `json:"note"`
		fault
	}{Ready: err == nil && !later && x.wav != nil, Later: later}
	switch {
	case r.Context().Err() != nil:
		return r.Context().Err()
	case err != nil:
		state.fault = faultOf(err)
		state.Error, state.Hint = c.Place.Hide(state.Error), c.Place.Hide(state.Hint)
	case later:
	case x.wav == nil:
		state.Error = "the recording has no samples"
	case x.changed(c):
		state.Note = "This is not the recording that was verified: its bytes have changed since. Answers about it are not taken; run the batch again with --again changed."
	case !x.whole:
		state.Note = "The recording is too long to be kept whole: its end cannot be played. --memory sets how much is kept."
	}
	send(w, http.StatusOK, state)
	return nil
}

// giveSound gives the recording of a row as WAV, whole or in parts (RFC 9110, 14).
func (d *Desk) giveSound(w http.ResponseWriter, r *http.Request, _ *session) error {
	c, err := d.row(r)
	if err != nil {
		return err
	}
	x, later, err := d.await(r, c)
	if err != nil || later || x.wav == nil {
		return errGone
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(soundTimeout))
	w.Header().Set("Content-Type", "audio/wav")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(x.wav))
	return nil
}

// givePicture draws the recording of a row, with somebody on the left.
func (d *Desk) givePicture(w http.ResponseWriter, r *http.Request, s *session) error {
	c, err := d.row(r)
	if err != nil {
		return err
	}
	left := declare.Role(r.URL.Query().Get("left"))
	if left != declare.Customer && left != declare.Agent {
		left = ""
	}
	x, later, err := d.await(r, c)
	if r.Context().Err() != nil {
		return r.Context().Err()
	}
	if m := c.Verdict.Measurements; err == nil && !later && m != nil {
		fresh := x.rec.Measurements
		if m.Left.Waveform == nil && fresh.Left.Waveform != nil && !x.changed(c) {
			m.Left.Waveform, m.Right.Waveform = fresh.Left.Waveform, fresh.Right.Waveform
		}
	}
	text, err := fragment("picture", pictureOf(c, left, d.bare(s, c)))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(text))
	return nil
}
