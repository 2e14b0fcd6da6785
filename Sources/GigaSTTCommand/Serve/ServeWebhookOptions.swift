import ArgumentParser
import Foundation
import GigaSTTServer

/// Where the ends of jobs and calls are reported to.
struct ServeWebhookOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Report the end of each job, and the transcript of each call, to this address by a signed POST. Needs "
                + "--webhook-secret-file. "
                + "[env GIGASTT_WEBHOOK_URL; default: none]", valueName: "url"))
    var webhookUrl: String?

    @Option(
        help: ArgumentHelp(
            "File of the secrets that sign webhooks, one a line, in Base64. [env GIGASTT_WEBHOOK_SECRET_FILE]",
            valueName: "file"))
    var webhookSecretFile: String?

    /// What a flag or a variable sets.
    func choices() throws -> WebhookChoices {
        WebhookChoices(
            url: try Setting.optional(webhookUrl, variable: "GIGASTT_WEBHOOK_URL", parse: { $0 }),
            secretFile: try Setting.url(webhookSecretFile, variable: "GIGASTT_WEBHOOK_SECRET_FILE")?.path)
    }
}

/// The receiver that a flag, a variable or the configuration file names.
struct WebhookChoices: Sendable, Hashable {
    var url: String?
    var secretFile: String?

    /// By the keys of the configuration file.
    static var members: [String: WritableKeyPath<WebhookChoices, String?>] {
        ["webhook_url": \.url, "webhook_secret_file": \.secretFile]
    }

    /// Applies what is set here, else what the file sets.
    ///
    /// Throws `ValidationError` where one of the two is missing, or there are no jobs.
    func apply(to settings: inout ServerSettings, else file: WebhookChoices) throws {
        switch (url ?? file.url, secretFile ?? file.secretFile) {
        case (nil, nil): return
        case (let url?, let secretFile?):
            guard settings.jobs.isEnabled else {
                throw ValidationError("--webhook-url needs --enable-jobs: what is owed is stored with the jobs")
            }
            settings.webhook = WebhookSettings(url: url, secretFile: secretFile)
        case (_, nil): throw ValidationError("--webhook-url needs --webhook-secret-file, to sign what is sent")
        case (nil, _): throw ValidationError("--webhook-secret-file needs --webhook-url, the address of the receiver")
        }
    }
}
