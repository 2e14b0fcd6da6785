/// Where the ends of jobs are reported to.
public struct WebhookSettings: Sendable, Hashable {
    /// An `https` URL, or an `http` one in a network that is trusted.
    public var url: String
    /// Path of a file of secrets, one a line, each 24 to 64 bytes in Base64 with or without `whsec_` before them.
    public var secretFile: String
    /// The wait before the second attempt; each further one is four times as long, up to `DeliverySchedule.longest`.
    package var firstRetry = Duration.seconds(5)
    /// How long an attempt may take.
    package var timeout = Duration.seconds(10)

    /// A receiver and the file of the secrets that it knows.
    public init(url: String, secretFile: String) {
        self.url = url
        self.secretFile = secretFile
    }
}
