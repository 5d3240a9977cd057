import { fill, type Words } from '../../../kernel/errors.ts'
import { instantWords } from '../../../kernel/time.ts'
import type { Whereabouts } from '../contract.ts'
import type { Names } from './names.ts'
import type { Standing } from './replay.ts'
import { sourceOf } from './sources.ts'

/** Sentences of the answer; `{source}` says who says so. A record says where goods should be, never where they are. */
const SENTENCES: Readonly<Record<Whereabouts['situation'], Words>> = {
  inert: {
    zh: '{moment}该标签尚未激活：没有任何记录表明它贴在商品上。',
    en: '{moment}This label has not been activated: nothing says that it is on goods.',
  },
  held: { zh: '{moment}该商品应在{holder}{place}{box}。{source}', en: '{moment}The item should be with {holder}{place}{box}. {source}' },
  'in-transit': {
    zh: '{moment}该商品应在运往{holder}{place}的途中{box}。{source}',
    en: '{moment}The item should be on its way to {holder}{place}{box}. {source}',
  },
  consumed: {
    zh: '{moment}该商品已由消费者作为空瓶注销；此前应在{holder}{place}。{source}',
    en: '{moment}A consumer has retired the item as an empty bottle; before that it should have been with {holder}{place}. {source}',
  },
  void: { zh: '{moment}该标签已作废，不代表任何商品。{source}', en: '{moment}This label is void and stands for no goods. {source}' },
  replaced: {
    zh: '{moment}该标签已被新标签替换；商品请以新标签追溯。{source}',
    en: '{moment}This label was replaced by a new one: trace the goods by that. {source}',
  },
  destroyed: { zh: '{moment}该商品已登记销毁。{source}', en: '{moment}The item is recorded as destroyed. {source}' },
  elsewhere: { zh: '{moment}该商品已不在贵处。', en: '{moment}The item is no longer with you.' },
}

const HOLDS: Readonly<Record<'frozen' | 'recalled', Words>> = {
  frozen: { zh: '该商品已被冻结，不得销售。', en: ' It is frozen and must not be sold.' },
  recalled: { zh: '该商品已被召回，不得销售或使用。', en: ' It is recalled and must not be sold or used.' },
}

/** Where an item should be, and who says so. */
export function whereaboutsOf(standing: Standing, ownerId: string, names: Names, asOf: string | undefined): Whereabouts {
  const { state, dealerId, chain, last } = standing
  const status = state?.status ?? 'inert'
  const dealer = dealerId === null ? undefined : names.dealer(dealerId)
  const owner = names.organisation(state?.organisationId ?? ownerId)
  const situation =
    status === 'active'
      ? standing.inTransit
        ? 'in-transit'
        : 'held'
      : status === 'retired'
        ? 'consumed'
        : (status as Whereabouts['situation'])
  const located = situation === 'held' || situation === 'in-transit' || situation === 'consumed'
  const source = last === undefined ? null : sourceOf(last, names)
  const words = (locale: 'zh' | 'en'): string => {
    const zh = locale === 'zh'
    const holder =
      dealer === undefined
        ? zh
          ? `进口商${owner.name.zh}`
          : `the importer ${owner.name.en}`
        : zh
          ? `经销商${dealer.name.zh}`
          : `the dealer ${dealer.name.en}`
    const city = dealer?.city ?? owner.city
    const box = chain[0] === undefined ? '' : zh ? `，装于箱 ${chain.join('，在 ')}` : `, in container ${chain.join(', inside of ')}`
    const said =
      source === null
        ? ''
        : zh
          ? `依据：${source.organisation.zh}记录的“${source.words.zh}”，发生于${instantWords(new Date(source.at), 'zh')}，平台收到于${instantWords(new Date(source.recordedAt), 'zh')}。`
          : `Says who: ${source.organisation.en}, by the event "${source.words.en}", which happened ${instantWords(new Date(source.at), 'en')} and was recorded ${instantWords(new Date(source.recordedAt), 'en')}.`
    const moment =
      asOf === undefined ? '' : zh ? `截至${instantWords(new Date(asOf), 'zh')}，` : `As of ${instantWords(new Date(asOf), 'en')}: `
    const sentence = fill(SENTENCES[situation][locale], {
      moment,
      holder,
      place: city === '' ? '' : zh ? `（${city}）` : ` (${city})`,
      box,
      source: said,
    }).trim()
    const hold = state?.hold
    return sentence + (hold === null || hold === undefined || status === 'destroyed' ? '' : HOLDS[hold][locale])
  }
  return {
    situation,
    sentence: { zh: words('zh'), en: words('en') },
    holder: !located
      ? null
      : dealer === undefined
        ? { kind: 'owner', id: owner.id, name: owner.name, city: owner.city }
        : { kind: 'dealer', id: dealer.id, name: dealer.name, city: dealer.city },
    containers: [...chain],
    hold: state?.hold ?? null,
    returned: standing.returned,
    source,
  }
}

/** What a dealer is told of goods that have left it. */
export function goneFrom(asOf: string | undefined): Whereabouts {
  const moment = (locale: 'zh' | 'en') =>
    asOf === undefined
      ? ''
      : locale === 'zh'
        ? `截至${instantWords(new Date(asOf), 'zh')}，`
        : `As of ${instantWords(new Date(asOf), 'en')}: `
  const sentence = {
    zh: fill(SENTENCES.elsewhere.zh, { moment: moment('zh') }),
    en: fill(SENTENCES.elsewhere.en, { moment: moment('en') }),
  }
  return { situation: 'elsewhere', sentence, holder: null, containers: [], hold: null, returned: false, source: null }
}
