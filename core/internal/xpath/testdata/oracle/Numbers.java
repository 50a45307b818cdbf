import java.math.BigDecimal;
import java.util.Random;

/** Prints random numbers: their bits, and the digits of Double.toString without exponent. Arguments: seed, count. */
public class Numbers {
  public static void main(String[] args) {
    Random r = new Random(Long.parseLong(args[0]));
    StringBuilder out = new StringBuilder();
    for (int i = Integer.parseInt(args[1]); i > 0; i--) {
      double d = number(r, i);
      if (Double.isNaN(d) || Double.isInfinite(d) || d == 0) continue;
      out.append(Long.toHexString(Double.doubleToRawLongBits(d))).append('\t')
        .append(new BigDecimal(Double.toString(d)).stripTrailingZeros().toPlainString()).append('\n');
    }
    System.out.print(out);
  }

  static double number(Random r, int i) {
    switch (i % 6) {
      case 0: return Double.longBitsToDouble(r.nextLong());
      case 1: return r.nextInt(1000000) / 1000.0;
      case 2: return (double) (r.nextLong() >>> 1 >>> r.nextInt(40));
      case 3: return r.nextDouble() * Math.pow(10, r.nextInt(40) - 20);
      case 4: return Math.scalb(1.0, r.nextInt(2000) - 1050);
      default: return r.nextInt(100000) / Math.pow(10, r.nextInt(12));
    }
  }
}
