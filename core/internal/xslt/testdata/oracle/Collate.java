import com.sun.org.apache.xml.internal.utils.StringComparable;
import java.text.*;
import java.util.*;

/** Prints random pairs of texts and how the collator of the language in the first column orders them: plain (by key, as xsl:sort does), upper-first,
 *  lower-first. Texts are printed as code points. Arguments: seed, count. */
public class Collate {
  static final String RARE = "ăąćčďęěğıłńňőœřśşšťůűźžŸĀĒŒ€฿₣–—\u2003\u0301\u0308Ωя中";

  public static void main(String[] args) {
    Random random = new Random(Long.parseLong(args[0]));
    StringBuilder out = new StringBuilder();
    for (int i = Integer.parseInt(args[1]); i > 0; i--) {
      Locale locale = random.nextInt(2) == 0 ? Locale.US : Locale.FRENCH;
      Collator collator = Collator.getInstance(locale);
      String a = text(random), b = random.nextInt(3) == 0 ? variant(random, a) : text(random);
      out.append(locale.getLanguage()).append('\t').append(points(a)).append('\t').append(points(b)).append('\t')
        .append(sign(collator.getCollationKey(a).compareTo(collator.getCollationKey(b)))).append('\t')
        .append(cased(a, b, collator, locale, "upper-first")).append('\t').append(cased(a, b, collator, locale, "lower-first")).append('\n');
    }
    System.out.print(out);
  }

  @SuppressWarnings("unchecked")
  static int cased(String a, String b, Collator c, Locale l, String order) {
    return sign(StringComparable.getComparator(a, l, c, order).compareTo(StringComparable.getComparator(b, l, c, order)));
  }

  static int sign(int n) { return Integer.signum(n); }

  static String text(Random r) {
    StringBuilder b = new StringBuilder();
    int kind = r.nextInt(4);
    for (int n = r.nextInt(7); n > 0; n--) b.append(letter(r, kind));
    return b.toString();
  }

  static char letter(Random r, int kind) {
    switch (kind) {
      case 0: return "aAbB -éÉeE_1".charAt(r.nextInt(12));
      case 1: return (char) (0x20 + r.nextInt(0x5F));
      case 2: return (char) (0xA0 + r.nextInt(0x60));
      default: return r.nextInt(3) == 0 ? RARE.charAt(r.nextInt(RARE.length() - 3)) : (char) (0x20 + r.nextInt(0x5F));
    }
  }

  /** The same text with a change of case, a space, a hyphen or an accent somewhere. */
  static String variant(Random r, String s) {
    if (s.isEmpty()) return "-";
    int at = r.nextInt(s.length());
    char c = s.charAt(at);
    switch (r.nextInt(4)) {
      case 0: c = Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c); break;
      case 1: return s.substring(0, at) + " -".charAt(r.nextInt(2)) + s.substring(at);
      case 2: c = letter(r, 2); break;
      default: return s.substring(0, at) + s.substring(at + 1);
    }
    return s.substring(0, at) + c + s.substring(at + 1);
  }

  static String points(String s) {
    StringBuilder b = new StringBuilder();
    s.codePoints().forEach(p -> b.append(b.length() > 0 ? " " : "").append(Integer.toHexString(p)));
    return b.toString();
  }
}
