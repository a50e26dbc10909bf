//go:build !purego

#include "textflag.h"

// What these compute, kernels.go says. Operands are in Go's order, the destination
// last. Nothing is aligned; the callers in kernels.go see to the counts.

// SUM adds the eight lanes of Y into X, the low half of the same register; T is spent.
#define SUM(Y, X, T) \
	VEXTRACTF128 $1, Y, T \
	VADDPS T, X, X \
	VMOVHLPS X, X, T \
	VADDPS T, X, X \
	VMOVSHDUP X, T \
	VADDSS T, X, X

// RUNNING makes Y the running sums of its lanes, begun with the sum in all lanes
// of CARRY, which becomes the last of them. SEVENS is 7 in each lane; T is spent.
#define RUNNING(Y, CARRY, SEVENS, T) \
	VPSLLDQ $4, Y, T \
	VADDPS T, Y, Y \
	VPSLLDQ $8, Y, T \
	VADDPS T, Y, Y \
	VPERM2F128 $0x08, Y, Y, T \ // the low half for the high one, which has still to follow it
	VPERMILPS $0xff, T, T \
	VADDPS T, Y, Y \
	VPERMPS Y, SEVENS, T \
	VADDPS CARRY, Y, Y \
	VADDPS T, CARRY, CARRY

// func split16(left, right *float32, frames *byte, n int)
TEXT ·split16(SB), NOSPLIT, $0-32
	MOVQ left+0(FP), DI
	MOVQ right+8(FP), DX
	MOVQ frames+16(FP), SI
	MOVQ n+24(FP), CX
	MOVL $0x30000000, AX // 2^−31
	VMOVD AX, X4
	VBROADCASTSS X4, Y4
	VPCMPEQD Y5, Y5, Y5
	VPSLLD $16, Y5, Y5
split16next:
	VMOVDQU (SI), Y0
	VPSLLD $16, Y0, Y1 // left at the top of 32 bits
	VPAND Y5, Y0, Y0   // right is there
	VCVTDQ2PS Y1, Y1
	VCVTDQ2PS Y0, Y0
	VMULPS Y4, Y1, Y1
	VMULPS Y4, Y0, Y0
	VMOVUPS Y1, (DI)
	VMOVUPS Y0, (DX)
	ADDQ $32, SI
	ADDQ $32, DI
	ADDQ $32, DX
	SUBQ $8, CX
	JNZ split16next
	VZEROUPPER
	RET

// func sums(x *float32, n int) (sum, squares, peak float32)
TEXT ·sums(SB), NOSPLIT, $0-28
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	VXORPS Y2, Y2, Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5
	VPCMPEQD Y6, Y6, Y6
	VPSRLD $1, Y6, Y6 // all but the sign
sumsnext:
	VMOVUPS (SI), Y7
	VMOVUPS 32(SI), Y8
	VADDPS Y7, Y0, Y0
	VADDPS Y8, Y1, Y1
	VFMADD231PS Y7, Y7, Y2
	VFMADD231PS Y8, Y8, Y3
	VPAND Y6, Y7, Y7
	VPAND Y6, Y8, Y8
	VPMAXUD Y7, Y4, Y4
	VPMAXUD Y8, Y5, Y5
	ADDQ $64, SI
	SUBQ $16, CX
	JNZ sumsnext
	VADDPS Y1, Y0, Y0
	VADDPS Y3, Y2, Y2
	VPMAXUD Y5, Y4, Y4
	SUM(Y0, X0, X1)
	SUM(Y2, X2, X3)
	VEXTRACTI128 $1, Y4, X5
	VPMAXUD X5, X4, X4
	VPSHUFD $0x4e, X4, X5
	VPMAXUD X5, X4, X4
	VPSHUFD $0xb1, X4, X5
	VPMAXUD X5, X4, X4
	VMOVSS X0, sum+16(FP)
	VMOVSS X2, squares+20(FP)
	VMOVSS X4, peak+24(FP)
	VZEROUPPER
	RET

// func leading(x *float32, n int, v float32) int
TEXT ·leading(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTSS v+16(FP), Y0
	XORQ AX, AX
leadingNext:
	VCMPPS $4, (SI)(AX*4), Y0, Y1 // not equal, or not a number
	VMOVMSKPS Y1, DX
	TESTL DX, DX
	JNZ leadingEnd
	ADDQ $8, AX
	CMPQ AX, CX
	JLT leadingNext
	XORQ DX, DX
leadingEnd:
	TZCNTL DX, DX // 32 if there is none
	ANDL $31, DX
	ADDQ DX, AX
	MOVQ AX, ret+24(FP)
	VZEROUPPER
	RET

// func dot(x, y *float32, n int) float32
TEXT ·dot(SB), NOSPLIT, $0-28
	MOVQ x+0(FP), SI
	MOVQ y+8(FP), DI
	MOVQ n+16(FP), CX
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
dotnext:
	VMOVUPS (SI), Y2
	VMOVUPS 32(SI), Y3
	VFMADD231PS (DI), Y2, Y0
	VFMADD231PS 32(DI), Y3, Y1
	ADDQ $64, SI
	ADDQ $64, DI
	SUBQ $16, CX
	JNZ dotnext
	VADDPS Y1, Y0, Y0
	SUM(Y0, X0, X1)
	VMOVSS X0, ret+24(FP)
	VZEROUPPER
	RET

// func decimate(dst, x *float32, n int, taps *float32, count, factor int)
TEXT ·decimate(SB), NOSPLIT, $0-48
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ taps+24(FP), DX
	MOVQ count+32(FP), R8
	MOVQ factor+40(FP), R9
	SHLQ $2, R8 // bytes
	SHLQ $2, R9
decimatenext:
	VXORPS Y0, Y0, Y0
	VXORPS Y1, Y1, Y1
	XORQ R10, R10
decimatetap:
	VMOVUPS (SI)(R10*1), Y2
	VMOVUPS 32(SI)(R10*1), Y3
	VFMADD231PS (DX)(R10*1), Y2, Y0
	VFMADD231PS 32(DX)(R10*1), Y3, Y1
	ADDQ $64, R10
	CMPQ R10, R8
	JLT decimatetap
	VADDPS Y1, Y0, Y0
	SUM(Y0, X0, X1)
	VMOVSS X0, (DI)
	ADDQ $4, DI
	ADDQ R9, SI
	DECQ CX
	JNZ decimatenext
	VZEROUPPER
	RET

// func highPass(energy *float32, x, sums *float32, m, part int, sumB, sumT float32)
TEXT ·highPass(SB), NOSPLIT, $0-48
	MOVQ x+8(FP), SI
	MOVQ sums+16(FP), DI
	MOVQ m+24(FP), R8
	MOVQ part+32(FP), R9
	MOVL $7, AX
	VMOVD AX, X15
	VPBROADCASTD X15, Y15
	VBROADCASTSS sumB+40(FP), Y0
	VBROADCASTSS sumT+44(FP), Y1
	// m² and 2m in all lanes
	VCVTSI2SSQ R8, X2, X2
	VBROADCASTSS X2, Y2
	VADDPS Y2, Y2, Y3
	VMULPS Y2, Y2, Y2
	LEAQ (R9)(R9*4), CX // five subframes
	MOVQ SI, R10
	MOVQ DI, R11
highPassB:
	VMOVUPS (R10)(R8*4), Y4
	VSUBPS (R10), Y4, Y4
	RUNNING(Y4, Y0, Y15, Y5)
	VMOVUPS Y4, (R11)(R8*4)
	ADDQ $32, R10
	ADDQ $32, R11
	SUBQ $8, CX
	JNZ highPassB

	MOVQ energy+0(FP), DX
	MOVQ R8, R10
	SHRQ $1, R10
	LEAQ 4(DI)(R10*4), R10 // the average's centre
	MOVQ $5, BX
highPassPart:
	MOVQ R9, CX
	VXORPS Y6, Y6, Y6
highPassT:
	VMOVUPS (DI)(R8*4), Y4
	VSUBPS (DI), Y4, Y4
	RUNNING(Y4, Y1, Y15, Y5)
	VFMADD231PS 4(SI), Y2, Y4
	VFNMADD231PS (R10), Y3, Y4
	VFMADD231PS Y4, Y4, Y6
	ADDQ $32, SI
	ADDQ $32, DI
	ADDQ $32, R10
	SUBQ $8, CX
	JNZ highPassT
	SUM(Y6, X6, X7)
	VMOVSS X6, (DX)
	ADDQ $4, DX
	DECQ BX
	JNZ highPassPart
	VZEROUPPER
	RET

// func weigh(out *[2]float64, x *float32, blocks int, weights *Weights)
TEXT ·weigh(SB), NOSPLIT, $0-32
	MOVQ out+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ blocks+16(FP), CX
	MOVQ weights+24(FP), DX
	VMOVUPD (DX), Y8
	VMOVUPD 32(DX), Y9
	VMOVUPD 64(DX), Y10
	VMOVUPD 96(DX), Y11
	VMOVUPD 128(DX), Y12
	VMOVUPD 160(DX), Y13
	VMOVUPD 192(DX), Y14
	VMOVUPD 224(DX), Y15
	VPCMPEQQ Y7, Y7, Y7
	VPSRLQ $1, Y7, Y7 // all but the sign
weighnext:
	VCVTPS2PD (SI), Y0
	VCVTPS2PD 16(SI), Y1
	VCVTPS2PD 32(SI), Y2
	VCVTPS2PD 48(SI), Y3
	VANDPD Y7, Y0, Y0
	VANDPD Y7, Y1, Y1
	VANDPD Y7, Y2, Y2
	VANDPD Y7, Y3, Y3
	VMULPD Y8, Y0, Y4
	VMULPD Y12, Y0, Y5
	VFMADD231PD Y9, Y1, Y4
	VFMADD231PD Y13, Y1, Y5
	VFMADD231PD Y10, Y2, Y4
	VFMADD231PD Y14, Y2, Y5
	VFMADD231PD Y11, Y3, Y4
	VFMADD231PD Y15, Y3, Y5
	VHADDPD Y5, Y4, Y4
	VEXTRACTF128 $1, Y4, X5
	VADDPD X5, X4, X4
	VMOVUPD X4, (DI)
	ADDQ $64, SI
	ADDQ $16, DI
	DECQ CX
	JNZ weighnext
	VZEROUPPER
	RET

// EVERY2 takes every second value of sixteen from the address on, in an order
// that VPERMPD $0xd8 sets right: the first, third, … (0x88) or the second, fourth, … (0xdd).
#define EVERY2(FROM, BYTES, WHICH, Y) \
	VMOVUPS BYTES(FROM), Y \
	VSHUFPS WHICH, BYTES+32(FROM), Y, Y

// func halve(dst, x *float32, n int, f *HalfFilter)
TEXT ·halve(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
	MOVQ f+24(FP), AX
	VBROADCASTSS (AX), Y13
	VBROADCASTSS 4(AX), Y14
	VBROADCASTSS 8(AX), Y15
halveNext:
	EVERY2(SI, 8, $0xdd, Y0) // the centre: the fourth, sixth, …
	EVERY2(SI, 8, $0x88, Y1)
	EVERY2(SI, 16, $0x88, Y2)
	EVERY2(SI, 0, $0x88, Y3)
	EVERY2(SI, 20, $0xdd, Y4)
	VADDPS Y2, Y1, Y1
	VADDPS Y4, Y3, Y3
	VMULPS Y13, Y0, Y0
	VMULPS Y14, Y1, Y1
	VMULPS Y15, Y3, Y3
	VADDPS Y1, Y0, Y0
	VADDPS Y3, Y0, Y0
	VPERMPD $0xd8, Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $64, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JNZ halveNext
	VZEROUPPER
	RET

// func halveBinomial(dst, x *float32, n int)
TEXT ·halveBinomial(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ n+16(FP), CX
halveBinomialNext:
	VMOVUPS (SI), Y0
	VMOVUPS 4(SI), Y1
	VHADDPS 32(SI), Y0, Y0 // in the order that EVERY2 leaves
	VHADDPS 36(SI), Y1, Y1
	VADDPS Y1, Y0, Y0
	VPERMPD $0xd8, Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $64, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JNZ halveBinomialNext
	VZEROUPPER
	RET
