package batch

const childVariable = "OTOSCOPE_TEST_CHILD"

func child() int { return 0 }
