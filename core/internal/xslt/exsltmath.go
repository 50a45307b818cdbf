package xslt

import (
	"math"

	"github.com/ehealth-bcp/ehealth-bcp/core/internal/xpath"
)

// numberFunction makes a function of numbers.
func numberFunction(f func(x, y float64) float64) xpath.Function {
	return func(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
		x, err := ctx.Number(args[0])
		if err != nil || len(args) == 1 {
			return xpath.Number(f(x, 0)), err
		}
		y, err := ctx.Number(args[1])
		return xpath.Number(f(x, y)), err
	}
}

func absolute(x, _ float64) float64   { return math.Abs(x) }
func squareRoot(x, _ float64) float64 { return math.Sqrt(x) }

// power is Java's: math.Pow finds 1 where the exponent is no number, or 1 or -1 is raised to an infinite one.
func power(x, y float64) float64 {
	if y != y || math.IsInf(y, 0) && math.Abs(x) == 1 {
		return math.NaN()
	}
	return math.Pow(x, y)
}

func maximum(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extreme(ctx, args[0], larger)
}
func minimum(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extreme(ctx, args[0], smaller)
}

// NaN with anything is NaN; math.Max and math.Min hold an infinity to be larger or smaller than it.
func larger(a, b float64) float64  { return max(a, b) }
func smaller(a, b float64) float64 { return min(a, b) }

// extreme is the largest or the smallest number of some nodes; NaN when one of them is none, or there is none.
func extreme(ctx *xpath.Context, v xpath.Value, better func(a, b float64) float64) (xpath.Number, error) {
	_, numbers, err := numbersOf(ctx, v)
	if err != nil || len(numbers) == 0 {
		return xpath.Number(math.NaN()), err
	}
	best := numbers[0]
	for _, f := range numbers[1:] {
		best = better(best, f)
	}
	return xpath.Number(best), nil
}

// numbersOf returns some nodes, and the number that each is.
func numbersOf(ctx *xpath.Context, v xpath.Value) (nodes xpath.NodeSet, numbers []float64, err error) {
	if nodes, err = nodesOf(v); err != nil {
		return nil, nil, err
	}
	for _, n := range nodes {
		text, err := ctx.Budget.StringValue(n)
		if err != nil {
			return nil, nil, err
		}
		f, err := ctx.Budget.Number(text)
		if err != nil {
			return nil, nil, err
		}
		numbers = append(numbers, f)
	}
	return nodes, numbers, nil
}

func highest(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extremes(ctx, args[0], larger)
}
func lowest(ctx *xpath.Context, args []xpath.Value) (xpath.Value, error) {
	return extremes(ctx, args[0], smaller)
}

// extremes returns the nodes whose number is the largest or the smallest.
func extremes(ctx *xpath.Context, v xpath.Value, better func(a, b float64) float64) (xpath.Value, error) {
	best, err := extreme(ctx, v, better)
	if err != nil {
		return nil, err
	}
	nodes, numbers, err := numbersOf(ctx, v)
	if err != nil {
		return nil, err
	}
	var kept xpath.NodeSet
	for i, n := range nodes {
		if xpath.Number(numbers[i]) == best {
			kept = append(kept, n)
		}
	}
	return kept, nil
}
