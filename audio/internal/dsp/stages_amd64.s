//go:build !purego

#include "textflag.h"

// What these compute, stages.go says: four complex numbers at a time. Operands
// are in Go's order, the destination last. Nothing is aligned.

// ODDSIGNS sets the signs of the imaginary parts in Y, the full width of X.
#define ODDSIGNS(X, Y) \
	MOVL $0x80000000, AX \
	VMOVD AX, X \
	VPBROADCASTD X, Y \
	VPSLLQ $32, Y, Y

// TURN multiplies Y by the numbers at W, of which it takes the real parts twice
// and the imaginary parts twice; T and U are spent.
#define TURN(W, Y, T, U) \
	VPERMILPS $0xb1, Y, T \
	VMOVSHDUP W, U \
	VMULPS U, T, T \
	VMOVSLDUP W, U \
	VFMADDSUB213PS T, U, Y

// CLOCKWISE multiplies Y by −i; SIGNS is from ODDSIGNS.
#define CLOCKWISE(SIGNS, Y) \
	VPERMILPS $0xb1, Y, Y \
	VXORPS SIGNS, Y, Y

// FOUR transforms A, C, B, D, in this order, of each of the four transforms; in
// A, B, C, D is then what it gives. T and U are spent.
#define FOUR(A, B, C, D, SIGNS, T, U) \
	VADDPS B, A, T \
	VSUBPS B, A, U \
	VADDPS D, C, A \
	VSUBPS D, C, D \
	CLOCKWISE(SIGNS, D) \
	VSUBPS A, T, C \
	VADDPS A, T, A \
	VADDPS D, U, B \
	VSUBPS D, U, D

// WINDOWED loads the samples at PART from SI, under the window from DX.
#define WINDOWED(PART, Y) \
	VMOVUPS (SI)PART, Y \
	VMULPS (DX)PART, Y, Y

// PLACE writes A, B, C, D, one after the other of each of the four transforms, to
// where ORDER, the first of four numbers at CX, says, and BYTES on. T, U, V are spent.
#define PLACE(A, B, C, D, BYTES, T, U, V) \
	VUNPCKLPD B, A, T \
	VUNPCKHPD B, A, U \
	VUNPCKLPD D, C, V \
	VUNPCKHPD D, C, D \
	VPERM2F128 $0x20, V, T, A \
	VPERM2F128 $0x31, V, T, C \
	VPERM2F128 $0x20, D, U, B \
	VPERM2F128 $0x31, D, U, D \
	MOVWLZX (CX), AX \
	VMOVUPS A, BYTES(DI)(AX*8) \
	MOVWLZX 2(CX), AX \
	VMOVUPS B, BYTES(DI)(AX*8) \
	MOVWLZX 4(CX), AX \
	VMOVUPS C, BYTES(DI)(AX*8) \
	MOVWLZX 6(CX), AX \
	VMOVUPS D, BYTES(DI)(AX*8)

// func foursWide(z *complex64, x, window *float32, part int, order *uint16)
TEXT ·foursWide(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ window+16(FP), DX
	MOVQ part+24(FP), R8
	MOVQ order+32(FP), CX
	ODDSIGNS(X15, Y15)
	MOVQ R8, BX
	LEAQ (R8)(R8*2), R9
foursNext:
	VMOVUPS (SI), Y0
	VMULPS (DX), Y0, Y0
	WINDOWED((R8*8), Y1) // a half of the samples on
	WINDOWED((R8*4), Y2)
	WINDOWED((R9*4), Y3)
	FOUR(Y0, Y1, Y2, Y3, Y15, Y4, Y5)
	PLACE(Y0, Y1, Y2, Y3, 0, Y4, Y5, Y6)
	ADDQ $32, SI
	ADDQ $32, DX
	ADDQ $8, CX
	SUBQ $8, BX
	JNZ foursNext
	VZEROUPPER
	RET

// func eightsWide(z *complex64, x, window *float32, part int, order *uint16)
TEXT ·eightsWide(SB), NOSPLIT, $0-40
	MOVQ z+0(FP), DI
	MOVQ x+8(FP), SI
	MOVQ window+16(FP), DX
	MOVQ part+24(FP), R8
	MOVQ order+32(FP), CX
	ODDSIGNS(X15, Y15)
	MOVL $0x3f3504f3, AX // √½
	VMOVD AX, X14
	VBROADCASTSS X14, Y14
	MOVQ R8, BX
	LEAQ (R8)(R8*2), R9   // 3 parts
	LEAQ (R8)(R8*4), R10  // 5
	LEAQ (R9)(R8*4), R11  // 7
	LEAQ (R9)(R9*1), R12  // 6
eightsNext:
	VMOVUPS (SI), Y0
	VMULPS (DX), Y0, Y0
	WINDOWED((R8*4), Y4)
	WINDOWED((R8*8), Y2)
	WINDOWED((R9*4), Y6)
	WINDOWED((R10*4), Y5)
	WINDOWED((R12*4), Y3)
	WINDOWED((R11*4), Y7)
	LEAQ (SI)(R8*8), R13
	VMOVUPS (R13)(R8*8), Y1 // the fifth of the eight parts
	LEAQ (DX)(R8*8), R13
	VMULPS (R13)(R8*8), Y1, Y1
	FOUR(Y0, Y1, Y2, Y3, Y15, Y8, Y9) // the even parts
	FOUR(Y4, Y5, Y6, Y7, Y15, Y8, Y9) // the odd ones, still to be turned
	VPERMILPS $0xb1, Y5, Y8 // an eighth of a turn
	VXORPS Y15, Y8, Y8
	VADDPS Y8, Y5, Y5
	VMULPS Y14, Y5, Y5
	CLOCKWISE(Y15, Y6) // a quarter
	VPERMILPS $0xb1, Y7, Y8 // three eighths
	VXORPS Y15, Y8, Y8
	VSUBPS Y7, Y8, Y7
	VMULPS Y14, Y7, Y7
	VSUBPS Y4, Y0, Y8
	VADDPS Y4, Y0, Y0
	VSUBPS Y5, Y1, Y9
	VADDPS Y5, Y1, Y1
	VSUBPS Y6, Y2, Y10
	VADDPS Y6, Y2, Y2
	VSUBPS Y7, Y3, Y11
	VADDPS Y7, Y3, Y3
	PLACE(Y0, Y1, Y2, Y3, 0, Y4, Y5, Y6)
	PLACE(Y8, Y9, Y10, Y11, 32, Y4, Y5, Y6)
	ADDQ $32, SI
	ADDQ $32, DX
	ADDQ $8, CX
	SUBQ $8, BX
	JNZ eightsNext
	VZEROUPPER
	RET

// func radix4Wide(z *complex64, n, quarter int, w1, w2, w3 *complex64)
TEXT ·radix4Wide(SB), NOSPLIT, $0-48
	MOVQ z+0(FP), SI
	MOVQ n+8(FP), CX
	MOVQ quarter+16(FP), R8
	MOVQ w1+24(FP), R9
	MOVQ w2+32(FP), R10
	MOVQ w3+40(FP), R11
	ODDSIGNS(X15, Y15)
	SHLQ $3, CX
	ADDQ SI, CX // the end
	SHLQ $3, R8 // bytes of a quarter
radix4Transform:
	XORQ DX, DX
	LEAQ (SI)(R8*2), DI
radix4Next:
	VMOVUPS (SI)(R8*1), Y1
	VMOVUPS (DI), Y2
	VMOVUPS (DI)(R8*1), Y3
	TURN((R10)(DX*1), Y1, Y4, Y5)
	TURN((R9)(DX*1), Y2, Y6, Y7)
	TURN((R11)(DX*1), Y3, Y8, Y9)
	VMOVUPS (SI), Y0
	FOUR(Y0, Y1, Y2, Y3, Y15, Y4, Y5)
	VMOVUPS Y0, (SI)
	VMOVUPS Y1, (SI)(R8*1)
	VMOVUPS Y2, (DI)
	VMOVUPS Y3, (DI)(R8*1)
	ADDQ $32, SI
	ADDQ $32, DI
	ADDQ $32, DX
	CMPQ DX, R8
	JNE radix4Next
	LEAQ (DI)(R8*1), SI
	CMPQ SI, CX
	JNE radix4Transform
	VZEROUPPER
	RET

// func splitWide(low, high, split *complex64, n int)
TEXT ·splitWide(SB), NOSPLIT, $0-32
	MOVQ low+0(FP), SI
	MOVQ high+8(FP), DI
	MOVQ split+16(FP), DX
	MOVQ n+24(FP), CX
	ODDSIGNS(X15, Y15)
	MOVL $0x3f000000, AX // ½
	VMOVD AX, X14
	VBROADCASTSS X14, Y14
splitNext:
	VMOVUPS (SI), Y0
	VPERMPD $0x1b, (DI), Y1 // backwards
	VXORPS Y15, Y1, Y1      // conjugate
	VSUBPS Y1, Y0, Y2
	VADDPS Y1, Y0, Y0
	VMULPS Y14, Y0, Y0 // even samples
	VMULPS Y14, Y2, Y2 // odd samples
	CLOCKWISE(Y15, Y2)
	TURN((DX), Y2, Y3, Y4)
	VADDPS Y2, Y0, Y1
	VSUBPS Y2, Y0, Y0
	VXORPS Y15, Y0, Y0
	VPERMPD $0x1b, Y0, Y0
	VMOVUPS Y1, (SI)
	VMOVUPS Y0, (DI)
	ADDQ $32, SI
	SUBQ $32, DI
	ADDQ $32, DX
	SUBQ $4, CX
	JNZ splitNext
	VZEROUPPER
	RET

// func squaresWide(out *float32, z *complex64, n int)
TEXT ·squaresWide(SB), NOSPLIT, $0-24
	MOVQ out+0(FP), DI
	MOVQ z+8(FP), SI
	MOVQ n+16(FP), CX
squaresNext:
	VMOVUPS (SI), Y0
	VMOVUPS 32(SI), Y1
	VMULPS Y0, Y0, Y0
	VMULPS Y1, Y1, Y1
	VHADDPS Y1, Y0, Y0
	VPERMPD $0xd8, Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $64, SI
	ADDQ $32, DI
	SUBQ $8, CX
	JNZ squaresNext
	VZEROUPPER
	RET
