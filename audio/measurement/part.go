package measurement

import "reflect"

// Part says what was heard of a recording of which not all was. The other figures are then of the
// spans, one after the other as if nothing lay between them; [Measurements.Placed] has the times
// of the recording.
type Part struct {
	// WholeS is the length of the recording in seconds, as its header tells; 0 where it does not.
	WholeS float64 `json:"whole_s" digits:"3"`
	// Spans are what was heard, in seconds of the recording, in order and apart from each other.
	// The first begins at 0.
	Spans []Segment `json:"spans"`
}

// HeardS is how many seconds were heard.
func (p *Part) HeardS() float64 {
	var sum float64
	for _, s := range p.Spans {
		sum += s.End - s.Start
	}
	return sum
}

// Share is the part of the recording that was heard, 0 to 1; 0 where its length is not known.
func (p *Part) Share() float64 {
	if p.WholeS <= 0 {
		return 0
	}
	return min(p.HeardS()/p.WholeS, 1)
}

// Gap is the longest stretch that was not heard, as a part of the recording, 0 to 1; 1 where its
// length is not known.
func (p *Part) Gap() float64 {
	if p.WholeS <= 0 {
		return 1
	}
	var longest float64
	for _, s := range p.Unheard() {
		longest = max(longest, s.End-s.Start)
	}
	return min(longest/p.WholeS, 1)
}

// HeadS is how long the beginning is that was heard without a gap.
func (p *Part) HeadS() float64 {
	if len(p.Spans) == 0 || p.Spans[0].Start > 0 {
		return 0
	}
	return p.Spans[0].End
}

// at is the time in the recording of a time in what was heard. At the instant where two spans meet
// an end belongs to the first of them, and a beginning to the second.
func (p *Part) at(heard float64, isEnd bool) float64 {
	var before float64
	for i, s := range p.Spans {
		length := s.End - s.Start
		last := i == len(p.Spans)-1
		if heard < before+length || isEnd && heard == before+length || last {
			return RoundSeconds(s.Start + heard - before)
		}
		before += length
	}
	return heard
}

// place gives the stretches of the recording that a stretch of what was heard is.
func (p *Part) place(s Segment) []Segment {
	var out []Segment
	var before float64
	for _, span := range p.Spans {
		from, to := max(s.Start, before), min(s.End, before+span.End-span.Start)
		if from < to {
			out = append(out, Segment{RoundSeconds(span.Start + from - before), RoundSeconds(span.Start + to - before)})
		}
		before += span.End - span.Start
	}
	return out
}

// Unheard are the stretches of the recording that were not heard, in order; the last ends at its
// end, where that is known.
func (p *Part) Unheard() []Segment {
	var out []Segment
	var until float64
	for _, s := range p.Spans {
		if s.Start > until {
			out = append(out, Segment{until, s.Start})
		}
		until = s.End
	}
	if p.WholeS > until {
		out = append(out, Segment{until, p.WholeS})
	}
	return out
}

// Placed returns the measurements with the times of the recording, where they are of a part of it:
// for people and pictures, not to be judged from. A stretch that goes on from one span to the next
// becomes two.
func (m *Measurements) Placed() Measurements {
	if m.Part == nil {
		return *m
	}
	out := *m
	v := reflect.ValueOf(&out).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Name != "Part" {
			m.Part.placeAll(v.Field(i))
		}
	}
	if m.Part.WholeS > 0 {
		out.DurationS = m.Part.WholeS
	}
	return out
}

// placeAll changes every time in v. It replaces slices, since they are not its own.
func (p *Part) placeAll(v reflect.Value) {
	switch at := v.Addr().Interface().(type) {
	case *Time:
		if at.Happened() {
			*at = Time(p.at(float64(*at), false))
		}
		return
	case *[]Segment:
		var placed []Segment
		for _, s := range *at {
			placed = append(placed, p.place(s)...)
		}
		*at = placed
		return
	case *Segment:
		*at = Segment{p.at(at.Start, false), p.at(at.End, true)}
		return
	case *Tone:
		at.Start, at.End = p.at(at.Start, false), p.at(at.End, true)
		return
	case *Match:
		if at.EndS > 0 {
			at.StartS, at.EndS = p.at(at.StartS, false), p.at(at.EndS, true)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			p.placeAll(v.Field(i))
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); v.IsNil() || k != reflect.Struct && k != reflect.Float64 {
			return
		}
		v.Set(cloned(v))
		for i := range v.Len() {
			p.placeAll(v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			v.Set(own)
			p.placeAll(own.Elem())
		}
	}
}

func cloned(v reflect.Value) reflect.Value {
	return reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v)
}
