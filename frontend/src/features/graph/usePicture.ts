import type { Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useColours } from '@/features/channels/colours'
import { useDisplay } from '@/features/channels/display'
import { useChannelMap } from '@/features/channels/queries'
import { useCatalogueWords } from '@/features/channels/words'
import { levelText, outputChannelName, type OutputLine } from '@/features/outputs/describe'
import { formatValue } from '@/format/number'
import { formatDuration, formatExact } from '@/format/time'
import type { Range } from './axis'
import type { Span } from './backdrop'
import type { Scene } from './export/scene'
import { laneColour } from './laneColours'
import { inOrder, toPieces, turnsOf } from './lanes'
import type { Mark } from './marks'
import { cssColour } from './plot'
import { newestAt, type GraphSeries } from './series'
import type { GraphPane } from './useGraphData'
import type { Journal } from './useJournal'
import { useMarkWords } from './useMarkWords'

/** What a graph tells of what it draws. */
export interface Drawn {
  panes: GraphPane[]
  ordered: GraphSeries[]
  nights: Span[]
  marks: Mark[]
  journal: Journal
  lanes: OutputLine[]
  axes: Readonly<Record<string, Range>>
}

const WIDTH = 1200
const FIRST = 300
const NEXT = 170

/** Makes a scene of the view, from the same lines, lanes and marks that are on the screen. */
export function usePicture(view: { graph: Ref<Drawn | null>; title: Ref<string>; shown: Ref<Span>; earlierName: () => string }) {
  const { t } = useI18n()
  const known = useChannelMap()
  const { variable } = useColours()
  const { label, symbol, decimals } = useCatalogueWords()
  const { words } = useMarkWords()
  const display = useDisplay()

  return async (): Promise<Scene | null> => {
    const { pictureOf } = await import('./export/picture')
    const drawn = view.graph.value
    if (!drawn) return null
    const { from, to } = view.shown.value
    const curves = new Set(drawn.panes.flatMap((pane) => pane.lines.filter((line) => line.style === 'curve').map((line) => line.series)))
    const widest = Math.max(0, ...[...curves].map((s) => s.bucketMs ?? 0))
    return pictureOf({
      title: view.title.value,
      time: `${formatExact(from)} – ${formatExact(to)}`,
      from,
      to,
      width: WIDTH,
      legend: [...curves].map((s) => {
        const channel = known.value.get(s.channel)
        const newest = newestAt(s, to)
        return { text: channel ? `${label(channel)} · ${channel.owner_name}` : '', value: `${formatValue(newest?.mean, channel ? display(channel.unit, channel).decimals : decimals(s.unit))} ${symbol(s.unit)}`, colour: variable(s.channel) }
      }),
      panes: drawn.panes.map((pane, i) => ({ ...pane, height: i === 0 ? FIRST : NEXT })),
      nights: drawn.nights,
      lanes: drawn.lanes.map((line) => {
        const pieces = toPieces(inOrder(turnsOf(drawn.journal.get(`output/${line.output.id}`)), line.channel.index), from, Math.min(to, Date.now()))
        return { name: outputChannelName(line.output, line.channel), value: levelText(pieces.at(-1)?.level ?? {}), colour: laneColour(line), pieces }
      }),
      marks: drawn.marks.filter((mark) => mark.t >= from && mark.t <= to).map((mark) => ({ t: mark.t, text: words(mark) })),
      axes: drawn.axes,
      symbol,
      step: (unit) => 10 ** -decimals(unit),
      colour: cssColour,
      caption: [widest ? t('graph.buckets', { span: formatDuration(widest) }) : t('graph.raw'), view.earlierName() ? t('graph.dashed', { name: view.earlierName() }) : ''].filter(Boolean).join('. '),
    })
  }
}
