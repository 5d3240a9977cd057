import type { BitReader, BitWriter } from './bit-string.ts'
import { CHARACTER_CLASS, CSET_82, NOT_IN_DOMAIN } from './character-sets.ts'
import { type FieldEncoding, isCode40, NotEpc, readCode40, writeCode40 } from './epc-encodings.ts'

// TDS 2.3 section 14.5.16: parts of host names that take 7 bits (table A) or 14 (tables B1 to B4).
const SHORT: ReadonlyMap<number, string> = new Map([
  [0x1e, 'qr.'],
  [0x1f, 'www.'],
  [0x20, 'id.'],
  [0x5b, '.com'],
  [0x5c, '.org'],
  [0x5d, '.net'],
  [0x5e, '.int'],
  [0x60, '.edu'],
  [0x7b, '.gov'],
  [0x7c, '.mil'],
  [0x7d, '.biz'],
  [0x7e, '.eco'],
  [0x7f, '.med'],
])

const domains = (text: string): readonly string[] => text.split(' ').map((name) => `.${name}`)

const LONG: readonly (readonly string[])[] = [
  domains(
    'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo bq br bs bt bw by bz ca cc cd cf cg ch ci ck cl ' +
      'cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg eh er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs ' +
      'gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li',
  ),
  domains(
    'lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf ' +
      'pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn sr ss st su sv sx sy sz tc td tf tg th tj tk tl ' +
      'tm tn to tr tt tv tw tz ua ug us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw',
  ),
  // The standard prints the prefix of table B1 before org.cn and net.cn, where they would stand for .bf and .bi: a slip.
  domains(
    'com.au net.au org.au co.at com.bd co.bd com.br net.br co.nz com.ng com.pk co.in com.in co.il co.jp co.za co.kr com.es com.lk co.th co.tt ' +
      'com.tt com.tr biz.tr com.ua co.uk co.zm com.zm com.cn org.cn net.cn gov.cn',
  ),
  domains('tech'),
]

/** What a hostname may be made of, the longest first, so that `.co.uk` is found before `.co`. */
const PARTS = [
  ...[...SHORT].map(([code, text]) => ({ text, codes: [code] })),
  ...LONG.flatMap((table, first) => table.map((text, second) => ({ text, codes: [first, second] }))),
].sort((a, b) => b.text.length / b.codes.length - a.text.length / a.codes.length || b.text.length - a.text.length)

function isHostCharacter(code: number): boolean {
  return code < 128 && code !== 47 && (CHARACTER_CLASS[code]! & CSET_82) !== 0 && (CHARACTER_CLASS[code]! & NOT_IN_DOMAIN) === 0
}

function codesOf(hostname: string): number[] {
  const codes: number[] = []
  for (let i = 0; i < hostname.length;) {
    const part = PARTS.find(({ text }) => hostname.startsWith(text, i))
    codes.push(...(part?.codes ?? [hostname.charCodeAt(i)]))
    i += part?.text.length ?? 1
  }
  return codes
}

/** The host of a Digital Link that is not canonical, in the `++` schemes: 1 to 63 characters. */
export const HOSTNAME: FieldEncoding = {
  read(reader: BitReader) {
    const seven = reader.integer(1) === 1
    const length = reader.integer(6)
    let hostname = ''
    if (!seven) hostname = readCode40(reader, length)
    else {
      for (let i = 0; i < length; i++) {
        const code = reader.integer(7)
        const table = LONG[code]
        if (table === undefined) hostname += SHORT.get(code) ?? String.fromCharCode(code)
        else {
          i++
          hostname += table[reader.integer(7)] ?? '\0'
        }
      }
    }
    if (hostname === '' || hostname.length > 255 || ![...hostname].every((c) => isHostCharacter(c.charCodeAt(0))))
      throw new NotEpc('hostname')
    return hostname
  },
  write(writer: BitWriter, hostname) {
    const valid = hostname !== '' && hostname.length <= 63 && [...hostname].every((c) => isHostCharacter(c.charCodeAt(0)))
    if (!valid) throw new NotEpc('hostname')
    const codes = codesOf(hostname)
    if (isCode40(hostname) && 16 * Math.ceil(hostname.length / 3) < 7 * codes.length) {
      writeCode40(writer.integer(0, 1).integer(hostname.length, 6), hostname)
      return
    }
    writer.integer(1, 1).integer(codes.length, 6)
    for (const code of codes) writer.integer(code, 7)
  },
}
