import CPNG
import Support

extension Figure {
  /// The figure as the bytes of a PNG file, RGB, 8 bits a channel.
  ///
  /// - Parameter scale: pixels a point.
  /// - Returns: the whole file.
  /// - Throws: `UserError` with the library's words when it refuses.
  func png(scale: Double) throws(UserError) -> [UInt8] {
    let canvas = Canvas(self, scale: scale)
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(canvas.width)
    image.height = png_uint_32(canvas.height)
    image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR)
    defer { png_image_free(&image) }
    // More than the pixels themselves with their row headers is never needed.
    var size = canvas.bytes.count + canvas.height * 8 + 4096
    var bytes = [UInt8](repeating: 0, count: size)
    guard png_image_write_to_memory(&image, &bytes, &size, 0, canvas.bytes, 0, nil) != 0 else {
      let words = withUnsafeBytes(of: image.message) { message in
        String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw UserError("PNG", "libpng refused: \(words)", kind: .work)
    }
    return Array(bytes.prefix(size))
  }
}
