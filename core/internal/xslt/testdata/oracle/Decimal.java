import java.text.*;
import java.util.*;

/** Prints random numbers (as bits), patterns and what DecimalFormat makes of them: "K" and the text, or "E". The first
 *  column says which symbols: 0 the defaults, 1 German ones, 2 odd ones. Arguments: seed, count. */
public class Decimal {
  static final String[] PIECES = {"0", "0", "#", "#", ",", ".", "0.00", "#,##0", "%", "‰", ";", "-", "E0", "E00", "'", "x", " ", "¤", "#.##", "00", "(", ")", "''", "'a'"};
  static final String[] WHOLE = {"0", "#", "0.00", "#,##0.00", "#.##", "0.###", "00.0", "0%", "0.0‰", "0;(0)", "#,##0.00;-#,##0.00", "", ".00", "#.", "0E0", "##0.##E0", "00.0E00",
    "#,##,##0.0", "000000000000", "EUR 0.00", "0.00 'x'", "###,###", "0.0000000000", "#0.################"};

  public static void main(String[] args) {
    Random r = new Random(Long.parseLong(args[0]));
    StringBuilder out = new StringBuilder();
    for (int i = Integer.parseInt(args[1]); i > 0; i--) {
      int which = r.nextInt(3);
      String pattern = pattern(r);
      if (which == 1) pattern = swap(pattern, ",.", ".,");
      if (which == 2) pattern = swap(pattern, "0#-;,%", "\u0660~m|_p");
      double d = number(r);
      String result;
      try {
        DecimalFormat f = new DecimalFormat("", symbols(which));
        f.applyLocalizedPattern(pattern);
        result = "K" + f.format(d);
      } catch (IllegalArgumentException e) {
        result = "E";
      }
      out.append(which).append('\t').append(Long.toHexString(Double.doubleToRawLongBits(d))).append('\t').append(pattern).append('\t').append(result).append('\n');
    }
    System.out.print(out);
  }

  static DecimalFormatSymbols symbols(int which) {
    DecimalFormatSymbols s = new DecimalFormatSymbols(Locale.US);
    s.setInfinity("Infinity");
    s.setNaN("NaN");
    if (which == 1) { s.setDecimalSeparator(','); s.setGroupingSeparator('.'); }
    if (which == 2) { s.setZeroDigit('\u0660'); s.setDigit('~'); s.setMinusSign('m'); s.setPatternSeparator('|'); s.setGroupingSeparator('_'); s.setPercent('p'); s.setNaN("nope"); s.setInfinity("ever"); }
    return s;
  }

  static String swap(String s, String from, String to) {
    StringBuilder b = new StringBuilder();
    for (char c : s.toCharArray()) b.append(from.indexOf(c) >= 0 ? to.charAt(from.indexOf(c)) : c);
    return b.toString();
  }

  static String pattern(Random r) {
    if (r.nextInt(2) == 0) return WHOLE[r.nextInt(WHOLE.length)];
    StringBuilder b = new StringBuilder();
    for (int n = 1 + r.nextInt(5); n > 0; n--) b.append(PIECES[r.nextInt(PIECES.length)]);
    return b.toString();
  }

  static double number(Random r) {
    double[] some = {0, -0.0, 0.5, 1.5, 2.5, -0.4, 0.005, 0.015, 0.025, 1e15, 123456789012345680.0, 1 / 0.0, -1 / 0.0, 0 / 0.0, 99.995, 9.5, 0.95, 1e-7, 85020300169.0};
    switch (r.nextInt(6)) {
      case 0: return some[r.nextInt(some.length)];
      case 1: return r.nextInt(2000) / 8.0 - 100;
      case 2: return (r.nextInt(2000000) - 1000000) / 1000.0;
      case 3: return (r.nextDouble() - 0.5) * Math.pow(10, r.nextInt(30) - 12);
      case 4: return r.nextInt(100000) / 2.0 * Math.pow(10, r.nextInt(4));
      default: return Double.longBitsToDouble(r.nextLong());
    }
  }
}
