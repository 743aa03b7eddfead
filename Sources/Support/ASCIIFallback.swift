/// ASCII stand-ins for the glyphs this program draws itself; other characters become a question mark.
enum ASCIIFallback {
  /// The stand-in for one character outside ASCII.
  static func glyph(for scalar: Unicode.Scalar) -> Glyph {
    switch scalar.value {
    case 0x2400...0x2426: return "^"
    case 0x2500, 0x2501, 0x2504, 0x2505, 0x2508, 0x2509, 0x254C, 0x254D: return "-"
    case 0x2502, 0x2503, 0x2506, 0x2507, 0x250A, 0x250B, 0x254E, 0x254F: return "|"
    case 0x250C...0x254B, 0x256D...0x2570: return "+"
    case 0x2550...0x256C: return "="
    case 0x2581...0x2583, 0x258F, 0x258E, 0x258D: return "."
    case 0x2584...0x2587, 0x258C, 0x258B, 0x258A, 0x2580, 0x2590: return "="
    case 0x2588, 0x2589: return "#"
    case 0x2594, 0x2595: return "|"
    case 0x2591: return "."
    case 0x2592: return "+"
    case 0x2593: return "%"
    case 0x2596...0x259F: return "#"
    case 0x2800: return " "
    case 0x2801...0x28FF: return "*"
    default: return table[scalar] ?? "?"
    }
  }

  private static let table: [Unicode.Scalar: Glyph] = [
    "\u{A0}": " ", "\u{B1}": "~", "\u{B7}": ".", "\u{D7}": "x", "\u{F7}": "/", "\u{B5}": "u",
    "\u{2010}": "-", "\u{2011}": "-", "\u{2012}": "-", "\u{2013}": "-", "\u{2014}": "-",
    "\u{2018}": "'", "\u{2019}": "'", "\u{201C}": "\"", "\u{201D}": "\"", "\u{2022}": "*",
    "\u{2026}": "~", "\u{2030}": "%", "\u{2039}": "<", "\u{203A}": ">", "\u{2190}": "<",
    "\u{2191}": "^", "\u{2192}": ">", "\u{2193}": "v", "\u{21E5}": ">", "\u{21B5}": "<",
    "\u{23CE}": "<", "\u{2212}": "-", "\u{2248}": "~", "\u{2260}": "!", "\u{2264}": "<",
    "\u{2265}": ">", "\u{2423}": "_", "\u{25A0}": "#", "\u{25A1}": "o", "\u{25AA}": "#",
    "\u{25B2}": "!", "\u{25B4}": "^", "\u{25B8}": ">", "\u{25BA}": ">", "\u{25BC}": "v",
    "\u{25BE}": "v", "\u{25C2}": "<", "\u{25C4}": "<", "\u{25C6}": "*", "\u{25C7}": "*",
    "\u{25CB}": "o", "\u{25CC}": "o", "\u{25CF}": "*", "\u{2713}": "v", "\u{2717}": "x",
    "\u{270E}": "e", "\u{27E6}": "[", "\u{27E7}": "]", "\u{3A3}": "S", "\u{3B1}": "a",
    "\u{3B8}": "o", "\u{3BB}": "l", "\u{394}": "d", "\u{FFFD}": "?",
  ]
}
