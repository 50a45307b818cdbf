import java.io.*;
import java.nio.file.*;
import java.util.*;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.*;
import javax.xml.transform.stream.*;
import org.w3c.dom.*;

/** Makes keys as the reference does. The argument is a file with a stylesheet, a tab and an envelope, both file names, on
 *  each line. Prints "K" and the key, "\", LF and CR escaped, or "E", one a line. */
public class Keys {
  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.US);
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, "UTF-8");
    Map<String, Templates> compiled = new HashMap<>();
    for (String line : Files.readAllLines(Paths.get(args[0]))) {
      String[] files = line.split("\t");
      String result;
      try {
        Templates t = compiled.get(files[0]);
        if (t == null) compiled.put(files[0], t = TransformerFactory.newInstance().newTemplates(new StreamSource(new File(files[0]))));
        result = "K" + key(t, files[1]);
      } catch (Throwable e) {
        result = "E";
      }
      out.println(result.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r"));
    }
  }

  static String key(Templates t, String envelope) throws Exception {
    DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();
    f.setNamespaceAware(true);
    Node n = f.newDocumentBuilder().parse(new File(envelope)).getDocumentElement().getFirstChild();
    while (!"Body".equals(n.getLocalName())) n = n.getNextSibling();
    n = n.getFirstChild();
    while (!(n instanceof Element)) n = n.getNextSibling();
    StringWriter w = new StringWriter();
    t.newTransformer().transform(new DOMSource(n), new StreamResult(w));
    return w.toString();
  }
}
