package evidence

// Item is one piece of weighed evidence.
type Item struct {
	Name    string  `json:"name"`
	Log10LR float64 `json:"log10_lr"` // positive = left is the customer
	Detail  string  `json:"detail"`   // a sentence for a person
}
