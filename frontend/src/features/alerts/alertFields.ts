/** The form of an alert: what all have, the kind's options, how long things last, who is told, and what it does to outputs. */
import { translate as t } from '@/app/i18n'
import type { Alert, AlertAction, AlertDraft, AlertPatch, Kind, Level, NotificationRoute, Zone } from '@/api/types'
import { parseSchema, plainField, type Field } from '@/forms/schema'
import { collect, mergePatch, startValues, type Values } from '@/forms/values'

const NO_ZONE = 0

export interface AlertFields {
  head: Field[]
  options: Field[]
  times: Field[]
  telling: Field[]
  actions: Field[]
  all: Field[]
}

/** What a new alert starts with; the server's own defaults are the same. */
const START = { severity: 'warning', for_s: 60, recover_s: 60, nodata_s: 900, repeat_s: 14_400, escalate_after_s: 0 }

const seconds = (name: 'for_s' | 'recover_s' | 'nodata_s' | 'repeat_s' | 'escalate_after_s', advanced = false) =>
  plainField({
    name, kind: 'number', title: t(`alert_form.${name}`), help: t(`alert_form.${name}_help`), suffix: 's', min: 0, max: 2_592_000, initial: START[name], advanced,
  })

/** What an action sets its output to: on and off as words, the rest as a number. */
export type ActionTo = 'off' | 'on' | 'duty' | 'value' | 'volume_ml'

function actionFields(): Field[] {
  const choice = (name: string, title: string, values: [string, string][]) =>
    plainField({ name, kind: 'choice', title, initial: values[0]?.[0], required: true, choices: values.map(([value, label]) => ({ value, label })) })
  const deed = choice('do', t('alert_form.do'), [['stop', t('alert_form.deed.stop')], ['hold', t('alert_form.deed.hold')], ['set', t('alert_form.deed.set')]])
  const to = choice('to', t('alert_form.to'), (['off', 'on', 'duty', 'value', 'volume_ml'] as const).map((value) => [value, t(`alert_form.level.${value}`)]))
  return [
    plainField({ name: 'output', kind: 'output', title: t('alert_form.output'), required: true }),
    plainField({ name: 'channel', kind: 'integer', title: t('alert_form.output_channel'), initial: 0, min: 0, required: true }),
    deed,
    { ...to, when: { field: 'do', in: ['set'] } },
    plainField({ name: 'amount', kind: 'number', title: t('alert_form.amount'), help: t('alert_form.amount_help'), when: { field: 'to', in: ['duty', 'value', 'volume_ml'] } }),
    choice('until', t('alert_form.until'), [['resolved', t('alert_form.until_resolved')], ['acknowledged', t('alert_form.until_acknowledged')]]),
    plainField({ name: 'no_data', kind: 'switch', title: t('alert_form.no_data'), help: t('alert_form.no_data_help') }),
  ]
}

/** Kinds that wait for readings can miss them; the others know at any time. */
const waitsForData = (kind: Kind) => !['missing', 'output', 'no_effect', 'controller', 'event'].includes(kind.id)

export function alertFields(kind: Kind, zones: Zone[], routes: NotificationRoute[]): AlertFields {
  const some = (name: string) =>
    plainField({
      name, kind: 'list', title: t(`alert_form.${name}`), help: t(`alert_form.${name}_help`), maxItems: routes.length,
      item: plainField({ name: '', kind: 'choice', title: '', choices: routes.map((route) => ({ value: route.id, label: route.name })) }),
    })
  const head = [
    plainField({ name: 'name', kind: 'text', title: t('alert_form.name'), help: t('alert_form.name_help'), required: true, maxLength: 100 }),
    plainField({
      name: 'severity', kind: 'choice', title: t('alert_form.severity'), help: t('alert_form.severity_help'), initial: START.severity, required: true,
      choices: (['info', 'warning', 'critical'] as const).map((value) => ({ value, label: t(`alerts.severity.${value}`) })),
    }),
    plainField({
      name: 'zone', kind: 'choice', title: t('alert_form.zone'), initial: NO_ZONE,
      choices: [{ value: NO_ZONE, label: t('alert_form.zone_none') }, ...zones.map((zone) => ({ value: zone.id, label: zone.name }))],
    }),
  ]
  const options = parseSchema(kind.options_schema)
  const times = [seconds('for_s'), seconds('recover_s'), ...(waitsForData(kind) ? [seconds('nodata_s')] : [])]
  const telling = [
    seconds('repeat_s'),
    ...(routes.length ? [some('routes')] : []),
    { ...seconds('escalate_after_s'), advanced: true },
    ...(routes.length ? [{ ...some('escalate_routes'), advanced: true }] : []),
    plainField({ name: 'cause', kind: 'text', title: t('alert_form.cause'), help: t('alert_form.cause_help'), maxLength: 100, advanced: true }),
  ]
  const actions = [plainField({ name: 'actions', kind: 'items', title: t('alert_form.actions'), help: t('alert_form.actions_help'), fields: actionFields(), maxItems: 20 })]
  const group = plainField({ name: 'options', kind: 'object', title: '', required: true, fields: options })
  return { head, options, times, telling, actions, all: [...head, group, ...times, ...telling, ...actions] }
}

const names = ['duty', 'value', 'volume_ml'] as const

/** A stored action as the form has it. */
export function actionValues(action: AlertAction): Values {
  const { level = {}, ...rest } = action
  if (level.on !== undefined) return { ...rest, to: level.on ? 'on' : 'off' }
  const name = names.find((one) => level[one] !== undefined)
  return name ? { ...rest, to: name, amount: level[name] } : rest
}

/** An action of the form as it is sent. */
export function actionBody(values: Values): AlertAction {
  const to = values.to as ActionTo | undefined
  let level: Level = {}
  if (values.do === 'set') level = to === 'on' || to === 'off' || !to ? { on: to === 'on' } : { [to]: values.amount as number | undefined }
  return {
    output: values.output as number,
    channel: (values.channel as number | undefined) ?? 0,
    do: values.do as AlertAction['do'],
    level,
    until: values.until as AlertAction['until'],
    no_data: values.no_data === true,
  }
}

export function alertValues(fields: AlertFields, shown?: Alert): Values {
  // What a page shows is watched by Vue, and what is watched cannot be cloned.
  const alert = shown && (JSON.parse(JSON.stringify(shown)) as Alert)
  const given: Values = alert ? { ...alert, zone: alert.zone ?? NO_ZONE, actions: alert.actions.map(actionValues) } : {}
  const plain = [...fields.head, ...fields.times, ...fields.telling, ...fields.actions]
  return { ...startValues(plain, given), options: startValues(fields.options, alert?.options) }
}

const optionsOf = (fields: AlertFields, values: Values) => collect(fields.options, values.options as Values)

function body(fields: AlertFields, values: Values) {
  const given = collect([...fields.times, ...fields.telling], values) as Pick<
    AlertDraft,
    'for_s' | 'recover_s' | 'nodata_s' | 'repeat_s' | 'escalate_after_s' | 'routes' | 'escalate_routes' | 'cause'
  >
  const { nodata_s, ...rest } = given
  return {
    name: String(values.name ?? '').trim(),
    severity: values.severity as AlertDraft['severity'],
    ...rest,
    ...(nodata_s === undefined ? {} : { nodata_s }),
    cause: given.cause ?? '',
    actions: ((values.actions as Values[] | undefined) ?? []).map(actionBody),
  }
}

export const createBody = (kind: Kind, fields: AlertFields, values: Values): AlertDraft => ({
  ...body(fields, values),
  kind: kind.id,
  options: optionsOf(fields, values),
  zone: values.zone === NO_ZONE ? undefined : (values.zone as number),
})

export const changeBody = (alert: Alert, fields: AlertFields, values: Values): AlertPatch => ({
  ...body(fields, values),
  options: mergePatch(alert.options, optionsOf(fields, values)),
  zone: values.zone === NO_ZONE ? null : (values.zone as number),
})
