// Package declare reads what was declared of a recording: who is on which
// channel, how it was recorded and who joined when.
package declare

// Role is a party of the call.
type Role string

// The roles. Everybody who is not the customer is on the agent's side.
const (
	Customer Role = "customer"
	Agent    Role = "agent"
)

// Sides says who is on which channel.
type Sides struct {
	Left  Role `json:"left"`
	Right Role `json:"right"`
}

// Flip exchanges the sides.
func (s Sides) Flip() Sides { return Sides{Left: s.Right, Right: s.Left} }
