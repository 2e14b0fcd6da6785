public import ArgumentParser
public import GigaSTT

extension RecognizerConfiguration.Provider: ExpressibleByArgument {}
