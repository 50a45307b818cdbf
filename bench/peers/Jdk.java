import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.util.HexFormat;
import javax.xml.parsers.*;
import javax.xml.transform.*;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.*;
import org.w3c.dom.*;

/** Makes cache keys as the reference does, with the JDK; input and answers as in keys/native/main.go. */
public class Jdk {
  static final TransformerFactory transformers = TransformerFactory.newInstance();
  static final DocumentBuilderFactory builders = DocumentBuilderFactory.newInstance();

  static Templates compile(byte[] sheet) throws Exception {
    return transformers.newTemplates(new StreamSource(new ByteArrayInputStream(sheet)));
  }

  static Node lastElement(Node parent) {
    Node n = parent.getLastChild();
    while (!(n instanceof Element)) n = n.getPreviousSibling();
    return n;
  }

  static String key(Templates compiled, byte[] request) throws Exception {
    Document envelope = builders.newDocumentBuilder().parse(new ByteArrayInputStream(request));
    StringWriter out = new StringWriter();
    compiled.newTransformer().transform(new DOMSource(lastElement(lastElement(envelope.getDocumentElement()))), new StreamResult(out));
    return out.toString();
  }

  static String run(String[] order) throws Exception {
    byte[] sheet = Files.readAllBytes(Path.of(order[1])), request = Files.readAllBytes(Path.of(order[2]));
    boolean fresh = order[0].equals("fresh");
    Templates compiled = compile(sheet);
    String key = "";
    long began = System.nanoTime();
    for (int i = Integer.parseInt(order[3]); i > 0; i--) key = key(fresh ? compile(sheet) : compiled, request);
    long took = System.nanoTime() - began;
    return took + "\t" + HexFormat.of().formatHex(key.getBytes(StandardCharsets.UTF_8));
  }

  public static void main(String[] args) throws Exception {
    builders.setNamespaceAware(true);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      try {
        System.out.println(run(line.split("\t")));
      } catch (Exception e) {
        System.out.println("error\t" + e);
      }
    }
  }
}
