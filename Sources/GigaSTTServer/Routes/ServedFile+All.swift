extension ServedFile {
    /// Every file that is served, by its path: the page to talk to, and what programs can read about the interface.
    static var all: [(path: String, file: ServedFile)] {
        let page = WebPage()
        return [
            ("/", page.document),
            ("/captions.js", page.captions),
            ("/reader.js", page.reader),
            ("/jobs.js", page.jobs),
            ("/worklet.js", page.worklet),
            ("/openapi.yaml", ServedFile(PackageResources.openapi_yaml, type: "application/yaml")),
            ("/asyncapi.yaml", ServedFile(PackageResources.asyncapi_yaml, type: "application/yaml")),
        ]
    }
}
