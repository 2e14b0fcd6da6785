import HTTPTypes

extension HTTPField.Name {
    /// `x-request-id`.
    static let requestID = known("x-request-id")
    /// `x-api-key`.
    static let apiKey = known("x-api-key")
    /// `x-forwarded-for`.
    static let forwardedFor = known("x-forwarded-for")
    /// `x-real-ip`.
    static let realAddress = known("x-real-ip")
    /// `idempotency-key`.
    static let idempotencyKey = known("idempotency-key")
    /// `x-http-method-override`.
    static let methodOverride = known("x-http-method-override")
    /// `tus-resumable` and the other fields of tus 1.0.0.
    static let tusResumable = known("tus-resumable")
    static let tusVersion = known("tus-version")
    static let tusExtension = known("tus-extension")
    static let tusMaxSize = known("tus-max-size")
    static let tusChecksumAlgorithm = known("tus-checksum-algorithm")
    static let uploadOffset = known("upload-offset")
    static let uploadLength = known("upload-length")
    static let uploadExpires = known("upload-expires")
    static let uploadChecksum = known("upload-checksum")
    /// `last-event-id`.
    static let lastEventID = known("last-event-id")
    /// `traceparent`.
    static let traceParent = known("traceparent")

    /// `x-accel-buffering`: whether nginx may collect an answer before it passes it on.
    static let accelBuffering = known("x-accel-buffering")

    /// A name that is known to be valid; the other one is for the type only.
    private static func known(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .via }
}
