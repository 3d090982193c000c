// Stands in for the generated document until ../api-docs/openapi.json exists: `npm run api` replaces this file.
type Problem = components['schemas']['Problem']
type Op<R, P = undefined, Q = undefined, B = undefined> = {
  parameters: (P extends undefined ? { path?: never } : { path: P }) &
    (Q extends undefined ? { query?: never } : { query?: Q }) & { header?: never; cookie?: never }
  responses: {
    200: { headers: Record<string, unknown>; content: { 'application/json': R } }
    default: { headers: Record<string, unknown>; content: { 'application/problem+json': Problem } }
  }
} & (B extends undefined ? { requestBody?: never } : { requestBody: { content: { 'application/json': B } } })
interface Id { id: number }
interface Page { limit?: number; offset?: number; zone?: number; q?: string }
interface List<T> { items: T[]; total: number }
type S = components['schemas']
type None = Record<string, never>

export interface paths {
  '/health': { get: Op<S['Health']> }
  '/setup': { get: Op<{ needed: boolean }>; post: Op<S['User'], undefined, undefined, S['SetupBody']> }
  '/auth/login': { post: Op<S['User'], undefined, undefined, S['LoginBody']> }
  '/auth/logout': { post: Op<None> }
  '/auth/me': { get: Op<S['User']> }
  '/auth/password': { post: Op<None, undefined, undefined, { current: string; new: string }> }
  '/tokens': { get: Op<List<S['Token']>>; post: Op<S['TokenSecret'], undefined, undefined, S['TokenBody']> }
  '/tokens/{id}': { delete: Op<None, Id> }
  '/users': { get: Op<List<S['User']>>; post: Op<S['User'], undefined, undefined, S['UserBody']> }
  '/users/{id}': { patch: Op<S['User'], Id, undefined, Partial<S['UserBody']>>; delete: Op<None, Id> }
  '/preferences': { get: Op<S['Preferences']>; put: Op<S['Preferences'], undefined, undefined, S['Preferences']> }
  '/kinds': { get: Op<List<S['Kind']>, undefined, { type?: string }> }
  '/discoveries': { get: Op<List<S['Discovery']>> }
  '/quantities': { get: Op<List<S['Quantity']>> }
  '/units': { get: Op<List<S['Unit']>>; post: Op<S['Unit'], undefined, undefined, S['UnitBody']> }
  '/units/{id}': { delete: Op<None, { id: string }> }
  '/inputs': { get: Op<List<S['Input']>, undefined, Page>; post: Op<S['Input'], undefined, undefined, S['InputBody']> }
  '/inputs/test': { post: Op<S['TestResult'], undefined, undefined, S['TestBody']> }
  '/inputs/{id}': {
    get: Op<S['Input'], Id>
    patch: Op<S['Input'], Id, undefined, Partial<S['InputBody']>>
    delete: Op<None, Id>
  }
  '/inputs/{id}/enable': { post: Op<S['Input'], Id> }
  '/inputs/{id}/disable': { post: Op<S['Input'], Id> }
  '/inputs/{id}/retry': { post: Op<S['Input'], Id> }
  '/inputs/{id}/restore': { post: Op<S['Input'], Id> }
  '/inputs/{id}/duplicate': { post: Op<S['Input'], Id, undefined, { enabled?: boolean }> }
  '/outputs': { get: Op<List<S['Output']>, undefined, Page>; post: Op<S['Output'], undefined, undefined, S['OutputBody']> }
  '/outputs/{id}': {
    get: Op<S['Output'], Id>
    patch: Op<S['Output'], Id, undefined, Partial<S['OutputBody']>>
    delete: Op<None, Id>
  }
  '/outputs/{id}/enable': { post: Op<S['Output'], Id> }
  '/outputs/{id}/disable': { post: Op<S['Output'], Id> }
  '/outputs/{id}/restore': { post: Op<S['Output'], Id> }
  '/outputs/{id}/channels/{n}': {
    get: Op<S['OutputState'], { id: number; n: number }>
    put: Op<S['OutputState'], { id: number; n: number }, undefined, S['Command']>
  }
  '/zones': { get: Op<List<S['Zone']>>; post: Op<S['Zone'], undefined, undefined, S['ZoneBody']> }
  '/zones/{id}': {
    get: Op<S['Zone'], Id>
    patch: Op<S['Zone'], Id, undefined, Partial<S['ZoneBody']>>
    delete: Op<None, Id>
  }
  '/zones/{id}/restore': { post: Op<S['Zone'], Id> }
  '/channels': { get: Op<List<S['Channel']>, undefined, Page> }
  '/channels/{id}': { get: Op<S['Channel'], Id>; patch: Op<S['Channel'], Id, undefined, S['ChannelBody']> }
  '/readings': {
    get: Op<{ series: S['Series'][] }, undefined, { channel: number[]; from?: string | number; to?: string | number; points?: number }>
  }
  '/stop': {
    get: Op<S['Stop']>
    post: Op<S['Stop'], undefined, undefined, { reason?: string }>
    delete: Op<S['Stop']>
  }
  '/events': {
    get: Op<List<S['Event']>, undefined, { type?: string; source?: string; from?: string; to?: string; limit?: number; offset?: number }>
  }
  '/system': { get: Op<S['System']> }
}

export interface components {
  schemas: {
    Problem: { type?: string; title: string; status: number; detail?: string; errors?: { field: string; message: string }[] }
    Health: { status: string; version: string; uptime_s: number }
    SetupBody: { code: string; username: string; password: string }
    LoginBody: { username: string; password: string; otp?: string }
    User: { id: number; username: string; role: 'admin' | 'operator' | 'viewer'; created_at?: string }
    UserBody: { username: string; password: string; role: string }
    Token: { id: number; name: string; role: string; created_at: string; expires_at?: string; last_used_at?: string }
    TokenBody: { name: string; role?: string; expires_at?: string }
    TokenSecret: { id: number; name: string; secret: string }
    Preferences: Record<string, unknown>
    Measured: { name: string; quantity: string; unit: string }
    Kind: {
      id: string; type: 'input' | 'output' | 'function'; name: string; description: string; options_schema: Record<string, unknown>
      channels: S['Measured'][]; bus?: string; tags: string[]; period_s: number; min_period_s: number; timeout_s: number; icon?: string
    }
    Discovery: {
      kind: string; name: string; detail: string; options: Record<string, unknown>
      readings: (S['Measured'] & { value: number | null })[]; exists: boolean
    }
    Quantity: { id: string; name: string; units: string[]; decimals: number }
    Unit: { id: string; name: string; symbol: string; decimals: number; user: boolean }
    UnitBody: { id: string; name: string; symbol: string; decimals: number; base: string; scale: number; offset: number }
    Status: {
      state: 'inactive' | 'initializing' | 'running' | 'degraded' | 'backing_off' | 'stopping' | 'stopped' | 'failed'
      since: string; attempt: number; next_try_at?: string; error?: string; last_reading_at?: string; lateness_ms?: number
      late_max_ms?: number; skipped?: number; reads?: number; failures?: number; rejected?: number; abandoned_calls?: number
    }
    InputChannel: { id: number; index: number; name: string; quantity: string; unit: string }
    Input: {
      id: number; name: string; kind: string; options: Record<string, unknown>; secrets_set: string[]; period_s: number
      timeout_s: number; failures_before_degraded: number; enabled: boolean; zone: number | null; status: S['Status']
      channels: S['InputChannel'][]; created_at: string; updated_at: string
    }
    InputBody: {
      name: string; kind: string; options: Record<string, unknown>; period_s?: number; timeout_s?: number
      failures_before_degraded?: number; enabled?: boolean; zone?: number | null
    }
    TestBody: { kind: string; options: Record<string, unknown>; id?: number }
    TestResult: {
      readings: (S['Measured'] & { channel: number; value: number | null; error?: string })[]; took_ms: number; note?: string
    }
    Channel: {
      id: number; owner: string; owner_name: string; index: number; name: string; quantity: string; unit: string; source_unit: string
      expected_interval_s: number; valid_min: number | null; valid_max: number | null; calibration: S['Calibration'] | null
      filters: S['Filter'][] | null; decimals: number; zone: number | null; last: { t: string; v: number; quality: string } | null
    }
    ChannelBody: {
      name?: string; unit?: string; expected_interval_s?: number; valid_min?: number | null; valid_max?: number | null
      calibration?: S['Calibration'] | null; filters?: S['Filter'][]
    }
    Calibration: {
      kind: 'offset_scale' | 'two_point' | 'polynomial'; offset?: number; scale?: number
      points?: { raw: number; actual: number }[]; coefficients?: number[]
    }
    Filter: {
      kind: 'median' | 'moving_average' | 'low_pass' | 'clamp' | 'delta' | 'outlier'
      window?: number; time_constant_s?: number; min?: number; max?: number; max_step?: number; sigmas?: number
    }
    Series: {
      channel: number; unit: string; raw: boolean; t: number[]; v?: number[]; q?: string[]
      min?: number[]; max?: number[]; mean?: number[]; count?: number[]
    }
    Command: { on?: boolean; duty?: number; value?: number; volume_ml?: number; duration_s?: number; lease_s?: number }
    Level: { on?: boolean; duty?: number; value?: number } | 'keep'
    Limits: Record<string, number | undefined>
    OutputState: {
      index: number; on?: boolean; duty?: number; value?: number; since: string; ends_at?: string; by: string
      lease_until?: string; reason?: string; assumed?: boolean
    }
    OutputChannel: {
      index: number; name: string; type: 'on_off' | 'pwm' | 'volume' | 'value'; limits: S['Limits']
      safe: S['Level']; at_start: S['Level']; at_stop: S['Level']; interlock?: string; current_a?: number; state: S['OutputState']
    }
    OutputChannelBody: {
      index: number; name?: string; limits?: S['Limits']; safe?: S['Level']; at_start?: S['Level']; at_stop?: S['Level']
      interlock?: string; current_a?: number
    }
    Output: {
      id: number; name: string; kind: string; options: Record<string, unknown>; secrets_set: string[]; enabled: boolean
      zone: number | null; status: S['Status']; channels: S['OutputChannel'][]
    }
    OutputBody: {
      name: string; kind: string; options: Record<string, unknown>; enabled?: boolean; zone?: number | null
      channels?: S['OutputChannelBody'][]
    }
    Target: { channel: number; min?: number | null; max?: number | null }
    Zone: { id: number; name: string; description: string; icon?: string; targets: S['Target'][]; inputs: number[]; outputs: number[] }
    ZoneBody: { name: string; description?: string; icon?: string; targets?: S['Target'][] }
    Stop: { stopped: boolean; reason?: string; since?: string; by?: string }
    Event: { id: number; t: string; type: string; source: string; user?: string; message: string; data?: Record<string, unknown> }
    System: {
      version: string; commit?: string; go?: string; started_at?: string; uptime_s: number; memory_bytes: number; cpu_seconds?: number
      goroutines: number; os?: string; arch?: string; hostname?: string; data_dir?: string; data_free_bytes?: number
      controllers: Record<string, number>; history: { engine: string; points: number; bytes: number; queue?: number; lost?: number }
      live?: { clients: number }; settings?: { bytes: number }; lateness_ms?: { p50: number; p99: number; max: number }
      abandoned_calls?: number; mqtt?: { broker: string; connected: boolean }[]; stop?: { stopped: boolean }
    }
  }
}
