/// The help of a screen, from the binding table.
public enum HelpModel {
  /// The bindings of a screen whose keys or words contain the filter.
  public static func bindings(on screen: ScreenName, filter: String) -> [Binding] {
    let wanted = filter.lowercased()
    return BindingTable.bindings(on: screen).filter { binding in
      wanted.isEmpty || binding.help.lowercased().contains(wanted)
        || binding.label.lowercased().contains(wanted)
        || binding.strokes.contains { $0.name.contains(wanted) }
    }
  }
}
