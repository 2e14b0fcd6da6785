/// The name of an entry: it changes with everything that a prepared encoder depends on.
package struct CacheKey: Sendable, Hashable, CustomStringConvertible {
    /// Grows with every change of the graph that is built or of what an entry consists of.
    package static let form = 2

    /// `<model>-ort<version>-<runtime>`: the model's digest, and one of runtime, processor and form.
    package let description: String

    package init(model digest: String, _ runtime: RuntimeFingerprint) {
        let version = runtime.version.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
        description = "\(digest.prefix(16))-ort\(version)-\(Self.suffix(runtime))"
    }

    /// Whether an entry of this name is one for this runtime, of whatever model.
    package static func belongs(_ name: String, to runtime: RuntimeFingerprint) -> Bool {
        name.hasSuffix("-" + suffix(runtime))
    }

    private static func suffix(_ runtime: RuntimeFingerprint) -> String {
        let text = [runtime.version, runtime.build, runtime.processor, "\(form)"].joined(separator: "\n")
        return String(ContentDigest.of(text).prefix(16))
    }
}
