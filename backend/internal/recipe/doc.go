// Package recipe sets up a whole zone at once: its sensors and actuators in their roles, what regulates them, the limits that
// outputs keep, the alerts and a dashboard.
//
// A recipe is data, a file in the folder data; nothing in this package knows what a tent is. Values in a recipe's text are written
// ${name}: the channel of a role, or its output as {"output": 1, "channel": 0}, which ${name_output} and ${name_index} name apart;
// ${name_value} is what the person has chosen, ${name_value+2} something more; a method or function of the recipe is its id. A string that is nothing but one value becomes that value.
// What needs a role that is not filled is left out.
package recipe
