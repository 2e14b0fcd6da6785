import Foundation
import Testing

@testable import STTText

@Suite struct MaskRulesTests {
    /// Forms as dictionaries of obscene words list them.
    static let obscene = """
        хуй хуя хую хуем хуе хуи хуёв хуйня хуйню хуйней хуёвый хуевая хуево хуями хуячить нахуй похуй дохуя нихуя захуярить
        отхуярить охуеть охуел охуела охуели охуенный охуенно охуительный ахуеть прихуел хуило хуесос пизда пизды пизде пизду
        пиздой пизд пиздец пиздеца пиздёж пиздеть пиздит пиздишь пиздюк пиздюлей пиздатый пиздато спиздить спиздил распиздяй
        распиздяи опиздюлить напиздел допизделся пропиздеть ебать ебал ебала ебали ебу ебёт ебут ебешь ебаный ёбаный ебанутый
        ебануться ебло ебла еблан ебланы ебучий ебись заебать заебал заебала заебали заебись заёб наебать наебал наебали наебка
        выебать выебал выебываться поебать поебень доебать доебался уебать уебал уёбок уебище уебан отъебись отъебался съебался
        съебать разъебать разъебал въебать объебать подъебать подъебка проебать проебал проёб переебать долбоёб долбоебы
        долбоёба остоебал мозгоёб приебался бля блять блядь бляди блядью блядский блядство бляжий выблядок заблядовал сука суки
        суке суку сукой мудак мудака мудаки мудаков мудачье мудила мудилы мудозвон манда манде мандой мандавошка пидор пидора
        пидоры пидоров пидорас пидорасы пидарас пидарасы пидр гондон гондоны гандон гандоны залупа залупу дрочить дрочит дрочил
        подрочить надрочил шлюха шлюхи шлюхе шлюху говно говна говном говняный гавно жопа жопы жопе жопу жопой срать срал насрать
        насрал обосрался обосраться засранец засранцы сраный сраная ссать обоссать обоссался зассал хер хера херу хером херня
        херни херню хернёй херовый херово нахер похер охерел охереть дохера нихера педик педики курва
        """
    /// Words that share letters with them.
    static let innocent = """
        оскорблять оскорбил хулиган хулиганить страховать страхуй страхуйте застрахуем страхует рубля рублях рубль корабля
        кораблям сабля сабель употреблять потребление приблизить приблизился бляха бляшка бляхи команда командир мандарин мандат
        мандатный мандолина мантия мудрый мудрец мудрость премудрость небо небеса необычный ребенок ребята хлеб хлебный учеба
        учебник лебедь себе тебе жеребенок дебют мебель серебро гребец колебать погреб стебель требовать потребовать вебинар
        себестоимость ущерб герб серб верба вербальный психую психует психуй плохую глухую сухую лихую тихую ветхую эпоху
        застрахую пастуху воздуху уху духу слуху духи петухи ссылка ссылать ссылается ссора ссуда ссадина рассыпать массажист
        кассир россыпь сравнить сравнение сражение сразу срамота пространство экран охрана страна странный сосредоточить собрать
        забрать стирать устрашать херсон херсонский херес херувим парикмахер мюнхен шахер бухгалтер сук сучок сучья суконный
        досуг рассудок сукно сукном гондола гондольер педикюр ортопедик лапидарный спидометр поезд поездка подъезд звезда гнездо
        бездна уездный узда пиджак дрочена драчливый драка жонглер жокей говорить говор говяжий гавань гаваней хуже хуан художник
        худой хутор ухудшить похудеть исхудал похуже мухи мухомор муху наружу шлюз шлюпка курвиметр черновик хорошо серый
        старуха старухе сдобный скипидар необходимо небольшой обезьяна обещать обед
        """

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    @Test func formsOfObsceneWordsAreFoundAndNoOthers() {
        let (obscene, innocent) = (Self.words(Self.obscene), Self.words(Self.innocent))
        #expect(obscene.count >= 150 && innocent.count >= 100)
        #expect(obscene.filter { !Profanity.contains($0) } == [])
        #expect(innocent.filter { Profanity.contains($0) } == [])
        #expect(Profanity.contains("«Хуйня!»") && Profanity.contains("ЗАЕБИСЬ,") && !Profanity.contains(""))
    }

    struct Number: Sendable {
        let text: String
        /// `kind first..<last` of each match; the words are counted by hand.
        let found: [String]
    }

    /// Card: the test number of Visa. INN: that of Sberbank, and 500100732259 of the tax service's own description. СНИЛС:
    /// 112-233-445 95 of the pension fund's.
    static let numbers = [
        Number(
            text: "мой номер восемь девятьсот двенадцать триста сорок пять шестьдесят семь восемьдесят девять спасибо",
            found: ["phone 2..<12"]),
        Number(text: "мой номер 8 912 345-67-89 спасибо", found: ["phone 2..<5"]),
        Number(text: "+7 (912) 345-67-89.", found: ["phone 0..<3"]),
        Number(text: "плюс семь девятьсот двенадцать триста сорок пять ноль ноль ноль один", found: ["phone 1..<11"]),
        Number(text: "плюс 375 29 123 45 67", found: ["phone 1..<6"]),
        Number(text: "позвоните по номеру двести двенадцать восемьдесят пять ноль шесть", found: ["phone 3..<9"]),
        Number(text: "карта 4111 1111 1111 1111 код 123", found: ["card 1..<5"]),
        Number(text: "карта 4111 1111 1111 1112", found: []),
        Number(
            text: "паспорт серия сорок пять ноль семь номер сто двадцать три четыреста пятьдесят шесть выдан",
            found: ["passport 2..<13"]),
        Number(text: "паспорт 4507 123456", found: ["passport 1..<3"]),
        Number(text: "снилс 112-233-445 95", found: ["snils 1..<3"]),
        Number(text: "снилс 112-233-445 96", found: []),
        Number(
            text: "снилс сто двенадцать двести тридцать три четыреста сорок пять девяносто пять",
            found: ["snils 1..<11"]),
        Number(text: "инн 7707083893", found: ["inn 1..<2"]), Number(text: "инн 7707083894", found: []),
        Number(text: "инн 500100732259", found: ["inn 1..<2"]),
        Number(text: "встреча двадцать третьего ноября две тысячи двадцать шестого года в 15 30", found: []),
        Number(text: "билет стоит две тысячи шестьсот рублей а код семь три девять один", found: []),
        Number(text: "население 144 000 000 человек", found: []),
    ]

    @Test(arguments: numbers.indices) func personalNumbersAreFound(index: Int) {
        let number = Self.numbers[index]
        let rules = MaskRules(profanity: true, personal: true)
        let found = rules.apply(to: Self.words(number.text)).matches.map { "\($0.kind) \($0.words)" }
        #expect(found == number.found, "\(number.text)")
        #expect(MaskRules(profanity: true, personal: false).apply(to: Self.words(number.text)) == .init())
    }

    /// What ends the text may go on: it is open.
    @Test(arguments: [
        ("звоните восемь девятьсот", 1..<3, true), ("звоните восемь", 1..<2, false),
        ("звоните восемь раз", 1..<3, false), ("звоните восемь раз утром", 0..<0, false),
        ("звоните восемь девятьсот двенад", 1..<4, true), ("восемь девятьсот раз утром", 0..<0, false),
        ("паспорт 4507 номер", 1..<3, true), ("12 и 34", 2..<3, false), ("", 0..<0, false),
    ])
    func aNumberAtTheEndIsOpen(text: String, open: Range<Int>, isHidden: Bool) {
        let output = MaskRules(profanity: false, personal: true).apply(to: Self.words(text))
        #expect(output.open == open && output.hidesOpen == isHidden)
    }

    @Test func longTextsTakeLinearTime() {
        let words = Array(repeating: "восемь", count: 20_000) + [String(repeating: "7", count: 1 << 20)]
        let clock = ContinuousClock()
        let time = clock.measure { _ = MaskRules(profanity: true, personal: true).apply(to: words) }
        #expect(time < .seconds(60))
    }
}
