// Package tuning finds out how a plant answers and what gains suit it: relay and step experiments, the model that follows
// from their records, tuning rules, margins, and what each proposal would do, before anything is applied.
//
// # Experiments
//
// [Relay], [Step] and [Auto], which chooses between them, are machines without a clock: each control period they are given
// the time and the measurement and answer the output to hold. They measure the noise first, keep the measurement within a
// safety band, end within a time limit, and say why when they fail. [Identify] makes a model of what they recorded.
//
// # Models
//
// Every plant is taken for two lags and a dead time, k e^(-Ls)/((τ1 s + 1)(τ2 s + 1)), or for an integrator with a lag;
// see [Model]. The parameters are those with the least squares of the record, simulated exactly between its samples.
//
// # Rules
//
// SIMC: Skogestad, J. Process Control 13 (2003) 291; improved SIMC: Grimholt and Skogestad, J. Process Control 70 (2018)
// 36; AMIGO: Åström and Hägglund, J. Process Control 14 (2004) 635 and Advanced PID Control (ISA 2006); Ziegler and Nichols
// 1942; Tyreus and Luyben 1992; Pessen and the overshoot rules as in McCormack and Godfrey 1998. Relay: Åström and
// Hägglund, Automatica 20 (1984) 645; asymmetric relay: Berner, thesis, Lund 2017.
package tuning
