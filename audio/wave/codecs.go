package wave

// unsupportedCodec is the error for samples of a format tag that is not read here.
func unsupportedCodec(tag uint16, at int64) error {
	return unsupported(at, "samples of the format tag 0x%04X, which is not read", tag)
}
