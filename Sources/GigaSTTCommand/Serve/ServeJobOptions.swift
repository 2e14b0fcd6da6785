import ArgumentParser
import Foundation
import GigaSTT
import GigaSTTServer

/// Durable jobs of a server.
struct ServeJobOptions: ParsableArguments {
    @Flag(
        help: "Serve /v1/jobs: recordings that are recognised later, across restarts. [env GIGASTT_ENABLE_JOBS]")
    var enableJobs = false

    @Option(
        help: ArgumentHelp(
            "Folder of the jobs; one server at a time uses it, unless there is --jobs-store. "
                + "[env GIGASTT_JOBS_DIR; default ~/.gigastt/jobs]",
            valueName: "folder"))
    var jobsDir: String?

    @Option(
        help: ArgumentHelp(
            "PostgreSQL database of the jobs of several servers, postgres://…, which share --jobs-dir. Prefer the "
                + "variable: a flag shows its password to other users. [env GIGASTT_JOBS_STORE; default: SQLite]",
            valueName: "address"))
    var jobsStore: String?

    @Option(
        help: ArgumentHelp(
            "S3-compatible object store of the recordings, s3://bucket/prefix, instead of --jobs-dir. The variables "
                + "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL belong to it. "
                + "[env GIGASTT_JOBS_AUDIO; default: --jobs-dir]",
            valueName: "address"))
    var jobsAudio: String?

    @Option(
        help: ArgumentHelp(
            "Folder below which clients may name files to be recognised where they are. "
                + "[env GIGASTT_JOBS_ROOT; default: none]", valueName: "folder"))
    var jobsRoot: String?

    @Option(
        help: ArgumentHelp(
            "Add a line of JSON to this file for each submission, reading, cancellation and erasure of a job. "
                + "[env GIGASTT_AUDIT_LOG; default: none]", valueName: "file"))
    var auditLog: String?

    @Option(help: "Seconds for which an ended job is kept; 0: for ever. [env GIGASTT_JOBS_TTL_SECS; default 3600]")
    var jobsTtlSecs: UInt32?

    @Option(help: "Jobs stored at once, ended ones too; more are refused. [env GIGASTT_JOBS_MAX; default 100]")
    var jobsMax: UInt32?

    @Option(
        help: "Bytes of audio stored for jobs at once. [env GIGASTT_JOBS_MAX_BYTES; default 536870912]")
    var jobsMaxBytes: UInt64?

    @Option(
        help: ArgumentHelp(
            "How often a recording may end the process, at one place, before its job has failed. "
                + "[env GIGASTT_JOBS_RETRY; default 3]"))
    var jobsRetry: UInt32?

    @Option(
        help: ArgumentHelp(
            "Seconds after which a job of a server that does not answer is taken by another one. "
                + "[env GIGASTT_JOBS_LEASE_SECS; default 60]"))
    var jobsLeaseSecs: UInt32?

    @Option(
        help: ArgumentHelp(
            "Longest part of a recording, in seconds; any server may recognise it. 0: recordings are not cut. "
                + "[env GIGASTT_JOBS_PART_SECS; default 600 with --jobs-store, else 0]"))
    var jobsPartSecs: UInt32?

    @Option(help: "Ended jobs that are kept at most; 0: no limit. [env GIGASTT_JOBS_KEEP; default 0]")
    var jobsKeep: UInt32?

    @Option(
        help: "Bytes of results that are kept at most; 0: no limit. [env GIGASTT_JOBS_KEEP_BYTES; default 0]")
    var jobsKeepBytes: UInt64?

    /// The limits that flags set.
    var flags: [ServeLimit: UInt64?] {
        [
            .jobLifetime: jobsTtlSecs.map(UInt64.init), .jobCount: jobsMax.map(UInt64.init),
            .jobByteCount: jobsMaxBytes.map { min($0, UInt64(Int64.max)) }, .jobRetries: jobsRetry.map(UInt64.init),
            .jobLease: jobsLeaseSecs.map(UInt64.init), .jobPart: jobsPartSecs.map(UInt64.init),
            .keptJobCount: jobsKeep.map(UInt64.init),
            .keptJobByteCount: jobsKeepBytes.map { min($0, UInt64(Int64.max)) },
        ]
    }

    /// Everything but the limits; `workers` is the number of jobs recognised at once.
    func apply(to settings: inout ServerSettings, workers: Int) throws {
        settings.jobs.isEnabled = try Setting.flag(enableJobs, variable: "GIGASTT_ENABLE_JOBS")
        let standard = ModelFolder.standard.url.deletingLastPathComponent().appendingPathComponent("jobs").path
        settings.jobs.folder =
            try Setting.url(jobsDir, variable: "GIGASTT_JOBS_DIR", makesFolders: true)?.path ?? standard
        settings.jobs.store = try Setting.optional(jobsStore, variable: "GIGASTT_JOBS_STORE") { $0 }
        settings.jobs.objects = try Setting.optional(jobsAudio, variable: "GIGASTT_JOBS_AUDIO") { $0 }
            .map { objects($0, ProcessInfo.processInfo.environment) }
        settings.jobs.root = try Setting.url(jobsRoot, variable: "GIGASTT_JOBS_ROOT")?.path
        settings.jobs.auditLog = try Setting.url(auditLog, variable: "GIGASTT_AUDIT_LOG")?.path
        if settings.jobs.auditLog != nil, !settings.jobs.isEnabled {
            throw ValidationError("--audit-log needs --enable-jobs: it records accesses to jobs")
        }
        settings.jobs.workerCount = max(1, workers)
    }

    /// The variables are those of other clients of S3. No flag holds a key, because other users can read flags.
    private func objects(_ address: String, _ environment: [String: String]) -> ObjectStoreSettings {
        func value(_ names: String...) -> String? { names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } }
        var objects = ObjectStoreSettings(address)
        objects.endpoint = value("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
        objects.region = value("AWS_REGION", "AWS_DEFAULT_REGION") ?? objects.region
        objects.accessKey = value("AWS_ACCESS_KEY_ID") ?? ""
        objects.secretKey = value("AWS_SECRET_ACCESS_KEY") ?? ""
        objects.sessionToken = value("AWS_SESSION_TOKEN")
        return objects
    }
}
