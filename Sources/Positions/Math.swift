// The module's only window to the C mathematics library: it does without Foundation.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Base raised to an exponent.
func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

/// Natural logarithm.
func naturalLog(_ value: Double) -> Double { log(value) }

/// Cosine of an angle in radians.
func cosine(_ angle: Double) -> Double { cos(angle) }

/// Sine of an angle in radians.
func sine(_ angle: Double) -> Double { sin(angle) }
