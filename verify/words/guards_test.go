package words_test

import (
	"math"
	"strings"
	"testing"

	"github.com/otoscope/otoscope/verify/transcript"
	"github.com/otoscope/otoscope/verify/words"
)

// A mailbox speaks like an agent, in every language that there is a list for.
func TestAMailboxSaysNothing(t *testing.T) {
	t.Parallel()
	english := "Hello, this is Sam with Northern Gas calling about your account. Please call me back at your convenience, our number is five five five, thank you and have a great day."
	for greeting, agent := range map[string]string{
		"You have reached the voicemail of Kim. I'm not available to take your call, please leave a message after the tone and I'll get back to you.":                      english,
		"Your call has been forwarded to an automated voice messaging system. At the tone, please record your message. When you have finished recording, you may hang up.": english,
		"Ha llamado al buzón de voz. En este momento no puedo atenderle, deje su mensaje después de la señal y le llamaré.":                                                "Buenos días, le habla Ana de Gas Norte. Le llamo por su factura, que es muy alta. Por favor llame a este número cuando pueda. Que tenga un buen día.",
		"Bonjour, vous êtes bien sur la messagerie de Claire, je ne suis pas disponible pour le moment, laissez un message après le bip sonore et je vous rappelle.":       "Bonjour, c'est Anne de Gaz du Nord, je vous appelle au sujet de votre facture. Est-ce que vous pouvez nous rappeler ? Je vous souhaite une bonne journée.",
		"Hier ist die Mailbox von Anna. Ich bin zurzeit nicht da, bitte hinterlassen Sie eine Nachricht nach dem Signalton, ich rufe Sie zurück sobald ich kann.":          "Guten Tag, hier ist Eva von Nordgas. Ich rufe wegen Ihrer Rechnung an. Bitte rufen Sie mich zurück, wenn Sie das hören. Vielen Dank und einen schönen Tag noch.",
		"Você ligou para a caixa postal, no momento não posso atender, deixe seu recado após o sinal que eu ligo de volta para você.":                                      "Bom dia, aqui é a Ana da Gás do Norte. Eu estou ligando para falar da sua fatura. Por favor ligue de volta quando a senhora puder. Tenha um bom dia.",
		"Risponde la segreteria telefonica, in questo momento non ci sono, lasciate un messaggio dopo il segnale acustico e vi richiamo io.":                               "Buongiorno, sono Anna di Gas del Nord. La chiamo per la sua bolletta. Mi può richiamare quando sente questo messaggio? Le auguro una buona giornata.",
	} {
		h := words.Builtin().Hear(said("c: "+greeting, "a: "+agent))
		if h.Nothing != words.MailboxGreets || h.Log10LR != 0 {
			t.Errorf("%s: %+v", greeting[:30], h)
		}
	}
	// An agent who speaks of a message is none.
	h := words.Builtin().Hear(aCall())
	spoken := aCall()
	spoken.Turns = append(spoken.Turns, transcript.Turn{Channel: 1, Timed: true, Start: 60, End: 63, Text: "If he is not there, leave a message after the tone."})
	if with := words.Builtin().Hear(spoken); with.Nothing != "" || math.Abs(with.Log10LR-h.Log10LR) > 0.3 {
		t.Errorf("%+v", with)
	}
}

// What a recording notice says of who speaks is bounded, however long it is.
func TestNoticesWeighLittle(t *testing.T) {
	t.Parallel()
	notice := "This call may be recorded for quality assurance and training purposes. Thank you for calling, please hold, your call is important to us and will be answered in the order it was received. For your account number press one, to verify your date of birth press two, how can I help you today, please say or enter your order number."
	filler := strings.Repeat("the dog ran over the green hill and the cat sat there by the door of the old house ", 3)
	without := words.Builtin().Hear(said("c: "+filler, "a: "+filler+" so and so"))
	with := words.Builtin().Hear(said("c: "+filler, "a: "+notice))
	if with.Score-without.Score > 1.001+0.5 {
		t.Errorf("a notice is worth %v, without %v", with.Score, without.Score)
	}
}

// Text of both parties on both channels: nothing is claimed, or next to nothing.
func TestBothPartiesOnAChannelClaimLittle(t *testing.T) {
	t.Parallel()
	mixed := aCall()
	for i := range mixed.Turns {
		mixed.Turns[i].Channel = i / 2 % 2
	}
	if h := words.Builtin().Hear(mixed); math.Abs(h.Log10LR) > 1 {
		t.Errorf("%+v", h)
	}
	same := aCall()
	for _, turn := range aCall().Turns {
		turn.Channel = 1 - turn.Channel
		same.Turns = append(same.Turns, turn)
	}
	if h := words.Builtin().Hear(same); h.Nothing != words.SameWords || h.Log10LR != 0 {
		t.Errorf("%+v", h)
	}
	// One channel has a party, the other both.
	one := aCall()
	for i, turn := range aCall().Turns {
		if turn.Channel == 0 && i%3 != 0 {
			turn.Channel = 1
			one.Turns = append(one.Turns, turn)
		}
	}
	if h := words.Builtin().Hear(one); h.Nothing != words.SameWords {
		t.Errorf("%+v", h)
	}
}

// Sides that change places in mid-call: the halves disagree.
func TestHalvesMustAgree(t *testing.T) {
	t.Parallel()
	double := aCall()
	for _, turn := range anotherCall().Turns {
		turn.Start, turn.End, turn.Channel = turn.Start+40, turn.End+40, 1-turn.Channel
		double.Turns = append(double.Turns, turn)
	}
	h := words.Builtin().Hear(double)
	if h.Nothing != words.HalvesDisagree || h.Log10LR != 0 || h.Change < 1 {
		t.Errorf("%+v", h)
	}
	if whole := words.Builtin().Hear(aCall()); whole.Change > 0 {
		t.Errorf("a call whose sides stay: %+v", whole)
	}
}

// A program that calls and speaks like an agent: no claim, though the agent's side is the
// more like one.
func TestTwoAgentsSayNothing(t *testing.T) {
	t.Parallel()
	agent := []string{
		"Thank you for calling, how may I help you today? Can I have your account number please?",
		"Could you please confirm your date of birth? For verification purposes I need your zip code.",
		"Let me check that for you, one moment please. I see here that your order number is on file.",
		"Is there anything else I can help you with? Would you like me to transfer you?",
	}
	bot := []string{
		"Hello, may I have your name please? I'd be happy to help you with your account.",
		"Could you please provide your order number? Let me pull up your account, bear with me.",
		"I apologize for the inconvenience, would you like to schedule? May I ask what is your email address?",
		"I understand your concern, is that correct? Please let me know if there is anything else you need.",
	}
	var lines []string
	for i := range agent {
		lines = append(lines, "a: "+agent[i], "c: "+bot[i])
	}
	if h := words.Builtin().Hear(said(lines...)); h.Nothing != words.TwoAgents || h.Log10LR != 0 {
		t.Errorf("%+v", h)
	}
}

// Repeats and other inventions over silence count once.
func TestRepeatsCountOnce(t *testing.T) {
	t.Parallel()
	once, often := aCall(), aCall()
	var turns []transcript.Turn
	for _, turn := range often.Turns {
		for range 5 {
			turns = append(turns, turn)
		}
	}
	often.Turns = turns
	a, b := words.Builtin().Hear(once), words.Builtin().Hear(often)
	if a.Score != b.Score || a.Left.Words != b.Left.Words {
		t.Errorf("once %+v\noften %+v", a, b)
	}
}

func TestLanguagesAreTold(t *testing.T) {
	t.Parallel()
	for language, lines := range map[string][]string{
		"en": {"a: Thank you for calling, how can I help you today?", "c: Hi, I'm calling because there's a problem with the bill that I got."},
		"es": {"a: Gracias por llamar a Gas Norte, ¿en qué puedo ayudarle?", "c: Hola, llamo porque tengo un problema con la factura que me llegó y no sé qué hacer."},
		"fr": {"a: Gaz du Nord bonjour, comment puis-je vous aider ?", "c: Bonjour, je vous appelle parce que j'ai un problème avec la facture que j'ai reçue."},
		"de": {"a: Nordgas guten Tag, wie kann ich Ihnen helfen?", "c: Guten Tag, ich rufe an, weil ich ein Problem mit der Rechnung habe, die ich bekommen habe."},
		"pt": {"a: Gás do Norte bom dia, em que posso ajudar?", "c: Bom dia, eu estou ligando porque estou com um problema na minha fatura e não sei o que fazer."},
		"it": {"a: Gas del Nord buongiorno, come posso aiutarla?", "c: Buongiorno, chiamo perché ho un problema con la bolletta che mi è arrivata e non so come fare."},
		"":   {"a: Dzień dobry, dziękuję za telefon, w czym mogę pomóc?", "c: Dzień dobry, dzwonię ponieważ mam problem z rachunkiem, który dostałem w zeszłym tygodniu."},
	} {
		h := words.Builtin().Hear(said(lines...))
		if h.Language != language {
			t.Errorf("%v is taken for %q", lines, h.Language)
		}
		if language == "" && (h.Nothing != words.FewWords && h.Nothing != words.OtherLanguage || h.Log10LR != 0) {
			t.Errorf("%+v", h)
		}
	}
	dutch := said(
		"a: Goedemiddag, dank u wel voor het bellen, waarmee kan ik u van dienst zijn vandaag?",
		"c: Hallo, ik bel over mijn rekening, ik heb een brief gekregen en ik begrijp niet waarom het zo veel is.")
	dutch.Language = "nl-NL"
	if h := words.Builtin().Hear(dutch); h.Nothing != words.OtherLanguage || h.Log10LR != 0 {
		t.Errorf("%+v", h)
	}
}

// A list that nobody has measured claims little, however much is said.
func TestUnmeasuredListsClaimLittle(t *testing.T) {
	t.Parallel()
	h := words.Builtin().Hear(said(
		"a: Gracias por llamar a Gas Norte, le atiende Ana, ¿en qué puedo ayudarle?",
		"c: Hola, llamo porque tengo un problema con mi factura. Quería saber si me pueden ayudar, no entiendo cuánto tengo que pagar.",
		"a: Con mucho gusto. ¿Me puede dar su número de cuenta y su fecha de nacimiento por favor? Un momento por favor, voy a revisar en el sistema.",
		"c: Sí, mi número es cuatro cuatro uno. Me llegó ayer, mi esposo dice que me cobraron de más.",
		"a: Aquí veo que lamento mucho el error, le va a llegar otra. ¿Hay algo más en lo que le puedo ayudar? Que tenga un buen día.",
		"c: No gracias, eso es todo, muchas gracias.",
	))
	if h.Language != "es" || h.Measured || h.Log10LR <= 0.3 || h.Log10LR > 0.7 {
		t.Errorf("%+v", h)
	}
}
