// A model for human speech, with progress.
#if canImport(GigaSTTDownload)  // left out where only a part of the package is built
    import GigaSTT
    import GigaSTTDownload

    // snippet.download
    func loadModel(show: (Double) -> Void) async throws -> Recognizer {
        let folder = ModelFolder.standard
        let downloader = ModelDownloader(folder: folder.url)
        try await downloader.download(ModelSelection(.rnnt)) { show($0.fraction) }
        return try await Recognizer(folder)
    }
    // snippet.end

    // snippet.ask
    func question(_ downloader: ModelDownloader) async throws -> String? {
        let plan = try await downloader.plan(for: ModelSelection(.rnnt))
        if plan.files.isEmpty { return nil }
        let megabytes = plan.estimatedByteCount / 1_000_000
        return "Download about \(megabytes) MB from \(plan.hosts.joined(separator: ", "))?"
    }
    // snippet.end

    // snippet.selection
    let selection = ModelSelection(.rnnt, extras: [.speaker, .punctuation])
    // snippet.end

    // snippet.prepare
    func prepare(_ folder: ModelFolder, show: @escaping @Sendable (Double) -> Void) async throws {
        try await EncoderCache.standard.prepare(folder, progress: show)
    }
    // snippet.end

    _ = selection
    print(try await question(ModelDownloader(folder: ModelFolder.standard.url)) ?? "The model is complete.")
#endif
